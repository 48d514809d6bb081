using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Checks;

/// <summary>
/// Finds what the references are that are not among a spec's labels: rows whose labels are unknown are malformed, and say in no message
/// what they hold. The dataset is read once more for it, with a task that takes any reference.
/// </summary>
public sealed class UnknownLabels
{
    /// <summary>Unknown labels that are listed.</summary>
    public const int MaxListed = 20;

    /// <summary>Unknown labels that are told apart.</summary>
    private const int MaxKept = 10_000;

    private readonly HashSet<string> _labels;
    private readonly bool _areSets;
    private readonly string _delimiter;
    private readonly Dictionary<string, (long Count, int Line)> _found = new(StringComparer.Ordinal);

    /// <summary>Creates a search.</summary>
    /// <param name="spec">The spec with the labels.</param>
    public UnknownLabels(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _areSets = spec.Task.Subjects.HasFlag(MetricSubjects.LabelSet);
        _delimiter = spec.Parsing.Delimiter ?? "\n";
        _labels = _areSets
            ? new HashSet<string>(
                spec.Labels.Concat(spec.Parsing.Aliases.Keys),
                spec.Parsing.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal
            )
            : [.. spec.Labels];
    }

    /// <summary>How the dataset is read.</summary>
    /// <param name="spec">The spec with the labels.</param>
    /// <param name="format">How the rows are written.</param>
    public static DatasetReadOptions OptionsOf(EvaluationSpec spec, DatasetFormat format)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return (spec with { Task = TaskCatalog.Get("generation"), Labels = [], Metrics = [] }).ReadOptions(format) with
        {
            RequireReference = false,
        };
    }

    /// <summary>Looks at a row.</summary>
    /// <param name="row">The row, read by <see cref="OptionsOf"/>.</param>
    public void Add(DatasetRow row)
    {
        if (row is not ValidRow { Sample: var sample })
        {
            return;
        }

        foreach (var label in LabelsOf(sample).Select(label => label.Trim()).Where(label => label.Length > 0 && !_labels.Contains(label)))
        {
            if (_found.TryGetValue(label, out var known))
            {
                _found[label] = (known.Count + 1, known.Line);
            }
            else if (_found.Count < MaxKept)
            {
                _found.Add(label, (1, row.Line));
            }
        }
    }

    private IEnumerable<string> LabelsOf(Sample sample)
    {
        if (!_areSets)
        {
            return sample.References.Take(1);
        }

        return sample.References switch
        {
            [var text] => text.TrimStart().StartsWith('[') ? ListIn(text) : text.Split(_delimiter),
            [] => sample.Fields.TryGetProperty("labels", out var labels) ? ListIn(labels.GetRawText()) : [],
            var several => several,
        };
    }

    private static string[] ListIn(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(json) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The unknown labels, the commonest first.</summary>
    public IReadOnlyList<UnknownLabel> ToList() =>
        [
            .. _found
                .OrderByDescending(label => label.Value.Count)
                .ThenBy(label => label.Value.Line)
                .ThenBy(label => label.Key, StringComparer.Ordinal)
                .Take(MaxListed)
                .Select(label => new UnknownLabel(
                    NearestName.Shown(label.Key),
                    label.Value.Count,
                    label.Value.Line,
                    NearestName.Find(label.Key, _labels)
                )),
        ];
}
