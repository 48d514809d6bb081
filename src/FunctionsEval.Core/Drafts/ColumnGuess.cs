using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Drafts;

/// <summary>
/// Which fields of flat rows are input, reference, id and tags, where their names are not the usual ones; a guess that the reading of all
/// rows has to confirm.
/// </summary>
internal sealed class ColumnGuess
{
    /// <summary>Tags that are taken.</summary>
    private const int MaxTags = 5;

    /// <summary>Different values that a tag has at most.</summary>
    private const int MaxTagValues = 20;

    /// <summary>Mean characters of a tag's values at most.</summary>
    private const int MaxTagLength = 30;

    private static readonly string[] ReferenceNames =
    [
        "label",
        "labels",
        "category",
        "class",
        "intent",
        "sentiment",
        "topic",
        "target",
        "expected",
        "answer",
        "answers",
        "gold",
        "ground_truth",
        "reference",
        "output",
        "completion",
        "response",
        "summary",
        "translation",
        "rating",
        "score",
        "stars",
        "value",
        "y",
    ];

    private static readonly string[] InputNames =
    [
        "input",
        "prompt",
        "text",
        "question",
        "query",
        "message",
        "utterance",
        "sentence",
        "review",
        "document",
        "article",
        "body",
        "content",
        "comment",
        "description",
        "title",
        "x",
    ];

    private static readonly string[] IdNames = ["uid", "guid", "uuid", "key", "index", "idx", "no"];

    private static readonly HashSet<string> NeverTags = new(StringComparer.OrdinalIgnoreCase)
    {
        "id",
        "messages",
        "tools",
        "functions",
        "tags",
        "weight",
        "system",
        "instruction",
        "parallel_tool_calls",
    };

    private readonly RowProfile _rows;

    public ColumnGuess(RowProfile rows)
    {
        _rows = rows;
        Reference = FindByName(ReferenceNames, except: null) ?? (_rows.Find("messages") is null ? FindShortest() : FindBesideMessages());
        Input = FindByName(InputNames, Reference) ?? FindLongest();
    }

    /// <summary>The field of the reference; null for none.</summary>
    public string? Reference { get; }

    /// <summary>The field of the input; null for none.</summary>
    public string? Input { get; }

    /// <summary>The field of the id, where it is not <c>id</c>; null for none.</summary>
    public string? FindId() =>
        _rows.Find("id") is not null
            ? null
            : _rows
                .Fields.FirstOrDefault(column =>
                    column.IsScalar
                    && column.Rows == _rows.Rows
                    && column.Distinct == _rows.Rows
                    && (
                        IdNames.Contains(column.Name, StringComparer.OrdinalIgnoreCase)
                        || column.Name.EndsWith("_id", StringComparison.OrdinalIgnoreCase)
                        || column.Name.Equals("id", StringComparison.OrdinalIgnoreCase)
                    )
                )
                ?.Name;

    /// <summary>Fields that divide the rows into a few groups.</summary>
    /// <param name="used">Fields that are something else.</param>
    public IReadOnlyList<string> Tags(IReadOnlyCollection<string> used) =>
        [
            .. _rows
                .Fields.Where(column =>
                    column.IsScalar
                    && !NeverTags.Contains(column.Name)
                    && !used.Contains(column.Name, StringComparer.Ordinal)
                    && !InputReader.Names.Contains(column.Name, StringComparer.Ordinal)
                    && !SampleReader.ReferenceNames.Contains(column.Name, StringComparer.Ordinal)
                    && !ReferenceNames.Contains(column.Name, StringComparer.OrdinalIgnoreCase)
                    && IsGrouping(column.Distinct, column.Rows)
                    && column.MeanLength <= MaxTagLength
                )
                .Select(column => column.Name)
                .Take(MaxTags),
        ];

    /// <summary>Names of the tags in the rows' <c>tags</c> by which slices are worth having.</summary>
    /// <param name="samples">The samples.</param>
    public static IReadOnlyList<string> SlicesOf(IReadOnlyList<Sample> samples) =>
        [
            .. samples
                .SelectMany(sample => sample.Tags)
                .GroupBy(tag => tag.Key, StringComparer.Ordinal)
                .Where(tag => IsGrouping(tag.Select(value => value.Value).Distinct(StringComparer.Ordinal).Count(), tag.Count()))
                .Select(tag => tag.Key)
                .Order(StringComparer.Ordinal)
                .Take(MaxTags),
        ];

    private static bool IsGrouping(int values, int rows) => values is >= 2 and <= MaxTagValues && values <= rows / 3;

    private string? FindByName(string[] names, string? except) =>
        names
            .Select(name =>
                _rows.Fields.FirstOrDefault(column =>
                    column.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && column.Name != except && _rows.Has(column.Name)
                )
            )
            .FirstOrDefault(column => column is not null && (column.IsScalar || column.TextLists == column.Rows))
            ?.Name;

    /// <summary>Beside a conversation the only field that is a text or a number.</summary>
    private string? FindBesideMessages() =>
        _rows.Has("messages") && Texts().Where(column => column.Name != FindId()).ToList() is [var only] ? only.Name : null;

    /// <summary>Of two fields the one with shorter texts.</summary>
    private string? FindShortest()
    {
        List<FieldProfile> texts = [.. Texts()];
        return texts.Count == 2 && !texts.Exists(column => UsualFields.IsInputPart(column.Name))
            ? texts.MinBy(column => column.MeanLength)!.Name
            : null;
    }

    private string? FindLongest() => Texts().Where(column => column.Name != Reference).MaxBy(column => column.MeanLength)?.Name;

    private IEnumerable<FieldProfile> Texts() =>
        _rows.Fields.Where(column => column.IsScalar && !NeverTags.Contains(column.Name) && _rows.Has(column.Name));
}
