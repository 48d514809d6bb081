using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing.Schemas;

namespace FunctionsEval.Core.Metrics.Json;

/// <summary>
/// The share of answers that are valid under a JSON schema: of the metric's options, else of the spec's response format. An answer that is
/// no JSON, is too long to check or takes too long is not valid. It needs no reference.
/// </summary>
/// <param name="schema">The schema.</param>
/// <param name="hash">What tells it from other schemas.</param>
internal sealed class SchemaValidMetric(ValueSchema schema, string hash) : Metric
{
    private const string Option = "schema";

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("schema_valid", MetricSubjects.Response, Create)
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers = [new("schema_valid", MetricUnit.Share, "Fits the schema")],
        };

    private static SchemaValidMetric Create(OptionReader options, MetricContext context)
    {
        var json =
            options.Read(Option)
            ?? context.Settings.AnswerSchema
            ?? throw options.Error(Option, "is missing: give the JSON schema of an answer, here or in the spec's responseFormat.");
        var schema =
            (RefersElsewhere(json) ? null : ValueSchema.TryCreate(json))
            ?? throw options.Error(
                Option,
                FormattableString.Invariant(
                    $"is no JSON schema that can be checked: at most {ValueSchema.MaxBytes / 1024} KiB, 2020-12 or draft-07, references within itself, no $dynamicRef, $anchor or patternProperties."
                )
            );
        var hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(CanonicalJson.Write(json)));
        return new SchemaValidMetric(schema, FormattableString.Invariant($"{hash:x16}"));
    }

    /// <inheritdoc/>
    public override string Name => "schema_valid";

    /// <inheritdoc/>
    public override string Signature { get; } = $"schema:{hash}|version:JsonSchema.Net-8.0.5";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("schema_valid", IsProportion: true) { SuccessIndex = 0 }];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[0] = (sample.ScoredText ?? sample.Prediction) is { } text && IsValid(text) ? 1 : 0;
        statistic[1] = 1;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)sums[0] / sums[1];

    /// <summary>Whether a reference leads out of the schema: an answer could then never be checked.</summary>
    private static bool RefersElsewhere(JsonElement schema) =>
        schema.ValueKind switch
        {
            JsonValueKind.Object => schema
                .EnumerateObject()
                .Any(member =>
                    member.Value.ValueKind == JsonValueKind.String
                        ? member.Name == "$ref" && !member.Value.GetString()!.StartsWith('#')
                        : RefersElsewhere(member.Value)
                ),
            JsonValueKind.Array => schema.EnumerateArray().Any(RefersElsewhere),
            _ => false,
        };

    private bool IsValid(string text) =>
        CanonicalJson.ParseOrNone(text) is { ValueKind: not JsonValueKind.Undefined } answer && schema.IsValid(answer) == true;
}
