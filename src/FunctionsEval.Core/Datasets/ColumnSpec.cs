using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Datasets;

/// <summary>Names of the fields (JSONL) or columns (CSV) that hold a sample's parts; null means the usual names.</summary>
public sealed record ColumnSpec
{
    /// <summary>Field or column of the input; null means the usual names, see <see href="datasets.md">datasets.md</see>.</summary>
    [TextField]
    [Example("question")]
    public string? Input { get; init; }

    /// <summary>
    /// Field or column of the reference answer; null means the usual names. For extraction also several that make one object: a list of
    /// them, or an object <c>{"member of the answer": "field or column"}</c>.
    /// </summary>
    [ReferenceField]
    [Example("answer")]
    [Example(Json = """{"item": "product", "quantity": "count"}""")]
    public ReferenceColumns? Reference { get; init; }

    /// <summary>Field or column of the sample's id; null means the usual names.</summary>
    [TextField]
    [Example("ticket_id")]
    public string? Id { get; init; }

    /// <summary>Fields or columns that become tags.</summary>
    [TextListField]
    [Example(Json = """["language"]""")]
    public IReadOnlyList<string> Tags { get; init; } = [];
}
