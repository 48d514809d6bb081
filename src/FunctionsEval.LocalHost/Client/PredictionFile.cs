using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Runs;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Reads answers for an offline score, a JSON object a line: a run's <c>samples.jsonl</c>, a shard's row log, or rows with
/// <c>prediction</c> (or <c>text</c>, then parsed as the spec says) and <c>references</c>, <c>reference</c>, <c>expected</c> or <c>label</c>.
/// </summary>
internal sealed class PredictionFile(string path, EvaluationSpec spec)
{
    private static readonly string[] ReferenceNames = ["references", "reference", "expected", "label"];

    private readonly AnswerParser _parser = AnswerParser.Create(spec);

    /// <exception cref="LocalHostException">A line is not an answer; the message names file, line and field.</exception>
    public IEnumerable<AnswerPair> Read()
    {
        var line = 0;
        foreach (var text in File.ReadLines(path))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
                yield return Parse(text, line);
        }
    }

    private AnswerPair Parse(string text, int line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException invalid)
        {
            throw new LocalHostException($"{path}, line {line}, column {invalid.BytePositionInLine + 1}: not JSON. Each line must be one JSON object.");
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new LocalHostException($"{path}, line {line}: must be a JSON object, is {root.ValueKind}.");
            if (!root.TryGetProperty("candidate", out var candidate))
                return new AnswerPair(Row(root, root, line), null);
            return new AnswerPair(Row(root, candidate, line), root.TryGetProperty("baseline", out var baseline) ? Row(root, baseline, line) : null);
        }
    }

    /// <summary>A row whose sample is described by one object and whose answer by another (the same, in a row log).</summary>
    private LogRow Row(JsonElement sample, JsonElement answer, int line)
    {
        var row = new LogRow
        {
            Id = sample.TryGetProperty("id", out var id) ? id.ToString() : line.ToString(CultureInfo.InvariantCulture),
            Ordinal = line - 1,
            Line = line,
            Offset = 0,
            Outcome = Outcome.Scored,
            References = References(sample, line),
            Tags = sample.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Object
                ? tags.EnumerateObject().ToDictionary(tag => tag.Name, tag => tag.Value.ToString(), StringComparer.Ordinal)
                : null,
            Text = Text(answer, "text"),
            Prediction = Text(answer, "prediction"),
            LogProbability = answer.TryGetProperty("logProbability", out var sum) ? sum.GetDouble() : null,
            LogProbabilityTokens = answer.TryGetProperty("logProbabilityTokens", out var tokens) ? tokens.GetInt32() : 0,
            LenientPrediction = Text(answer, "lenientPrediction"),
            LabelProbabilities = Read<Dictionary<string, double>>(answer, "labelProbabilities", line),
            Choices = Read<List<ChoiceLikelihood>>(answer, "choices", line),
            Grades = Read<Dictionary<string, Grade>>(answer, "grades", line),
        };
        row = row with { Echo = row is { LogProbability: not null, Text: null } };
        if (answer.TryGetProperty("outcome", out var outcome))
        {
            return OutcomeNames.All.TryGetValue(outcome.ToString(), out var known)
                ? row with { Outcome = known }
                : throw new LocalHostException($"{path}, line {line}: outcome must be one of {string.Join(", ", OutcomeNames.All.Keys)}.");
        }

        if (row.Prediction is not null || row.LogProbability is not null)
            return row;
        if (row.Text is null)
            throw new LocalHostException($"{path}, line {line}: has no answer. Give 'prediction', or 'text' to be parsed as the spec says.");
        return _parser.Parse(row.Text) is Parsed parsed
            ? row with { Prediction = parsed.Value }
            : row with { Outcome = Outcome.Unparsable, LenientPrediction = _parser.ParseLeniently(row.Text) };
    }

    private IReadOnlyList<string> References(JsonElement sample, int line)
    {
        foreach (var name in ReferenceNames)
        {
            if (!sample.TryGetProperty(name, out var value))
                continue;
            return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.ToString())] : [value.ToString()];
        }

        throw new LocalHostException($"{path}, line {line}: has no reference. Give one of {string.Join(", ", ReferenceNames)}.");
    }

    private T? Read<T>(JsonElement from, string name, int line) where T : class
    {
        if (!from.TryGetProperty(name, out var value))
            return null;
        try
        {
            return value.Deserialize<T>(JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            throw new LocalHostException($"{path}, line {line}: '{name}' does not have the form it has in a run's samples.jsonl.");
        }
    }

    private static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
}
