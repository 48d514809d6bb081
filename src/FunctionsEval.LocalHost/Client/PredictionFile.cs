using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Runs;
using FunctionsEval.Core.Training;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Reads answers for an offline score, a JSON object a line: a run's <c>samples.jsonl</c>, a shard's row log, or rows with
/// <c>prediction</c> (or <c>text</c>, then parsed as the spec says) and <c>references</c>, <c>reference</c>, <c>expected</c> or <c>label</c>.
/// </summary>
internal sealed class PredictionFile(string path, EvaluationSpec spec)
{
    /// <summary>Lines of a row log that are no rows.</summary>
    private const string SessionLine = "{\"session\":";

    private static readonly string[] ReferenceNames = ["references", "reference", "expected", "label"];

    private const int BatchCharacters = 256 * 1024;

    private readonly AnswerParser _parser = AnswerParser.Create(spec);

    /// <summary>Reads every answer.</summary>
    /// <exception cref="LocalHostException">A line is not an answer; the message names file, line and field.</exception>
    public IEnumerable<AnswerPair> Read() => Batches().SelectMany(Parse);

    /// <summary>Scores the file on several threads; the result has the same bits whatever their number. Memory does not grow with the file.</summary>
    /// <param name="threads">How many threads.</param>
    /// <exception cref="LocalHostException">A line is not an answer, or has a baseline's where the first line has none (or the reverse). The first such line is named.</exception>
    /// <exception cref="MetricSpecException">A metric or one of its options does not exist.</exception>
    public EvaluationResult Score(int threads)
    {
        var hasBaseline = Read().FirstOrDefault()?.Baseline is not null;
        var total = new OfflineScore(spec, hasBaseline);
        var merging = new Lock();
        var firstFault = (Batch: long.MaxValue, Error: default(LocalHostException));
        Parallel.ForEach(
            Partitioner.Create(Batches(), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new OfflineScore(spec, hasBaseline),
            (batch, loop, index, score) =>
            {
                try
                {
                    foreach (var answer in Parse(batch))
                    {
                        if (answer.Baseline is not null != hasBaseline)
                            throw new LocalHostException($"{path}, line {answer.Candidate.Line}: has {(hasBaseline ? "no answer" : "an answer")} of a baseline, unlike line 1. Give one for every line or for none.");
                        score.Add(answer);
                    }
                }
                catch (LocalHostException fault)
                {
                    lock (merging)
                    {
                        if (index < firstFault.Batch)
                            firstFault = (index, fault);
                    }

                    // The batches before this one are still read, so that the first fault of the file is the one that is told.
                    loop.Break();
                }

                return score;
            },
            score =>
            {
                lock (merging)
                    total.Merge(score);
            });
        return firstFault.Error is { } error ? throw error : total.Finish();
    }

    /// <summary>The file's lines in pieces of some hundred kilobytes.</summary>
    private IEnumerable<LineBatch> Batches()
    {
        using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var lines = new List<string>();
        int first = 1, characters = 0;
        while (ReadLine(reader, first + lines.Count) is { } line)
        {
            lines.Add(line);
            characters += line.Length;
            if (characters < BatchCharacters)
                continue;
            yield return new LineBatch(first, lines);
            first += lines.Count;
            (lines, characters) = ([], 0);
        }

        yield return new LineBatch(first, lines);
    }

    private string? ReadLine(StreamReader reader, int line)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException)
        {
            throw new LocalHostException($"{path}, at or after line {line}: is not UTF-8. Save the file as UTF-8.");
        }
    }

    private IEnumerable<AnswerPair> Parse(LineBatch batch) =>
        batch.Lines.Index().Where(line => !string.IsNullOrWhiteSpace(line.Item) && !line.Item.StartsWith(SessionLine, StringComparison.Ordinal)).Select(line => Parse(line.Item, batch.First + line.Index));

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
            {
                return root.TryGetProperty("baseline", out _)
                    ? throw new LocalHostException($"{path}, line {line}: has an answer of the baseline only. A run that was stopped has such lines: resume it, or leave them out.")
                    : new AnswerPair(Row(root, root, line), null);
            }

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
            Offset = Place(sample, line),
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
            UnresolvedLabelMass = answer.TryGetProperty("unresolvedLabelMass", out var unresolved) && unresolved.ValueKind == JsonValueKind.Number ? unresolved.GetDouble() : null,
            Choices = Read<List<ChoiceLikelihood>>(answer, "choices", line),
            Grades = Read<Dictionary<string, Grade>>(answer, "grades", line),
            Repeat = sample.TryGetProperty("repeat", out var repeat) && repeat.TryGetInt32(out var number) ? number : 0,
            Leak = Text(sample, "leak") switch { "none" => Leak.None, "exact" => Leak.Exact, "ngrams" => Leak.Ngrams, _ => null },
        };
        row = row with { Echo = row is { LogProbability: not null, Text: null } };
        if (answer.TryGetProperty("outcome", out var outcome))
        {
            return OutcomeNames.All.TryGetValue(outcome.ToString(), out var known)
                ? row with { Outcome = known }
                : throw new LocalHostException($"{path}, line {line}: outcome must be one of {string.Join(", ", OutcomeNames.All.Keys)}.");
        }

        if (row.Prediction is not null || row.LogProbability is not null || row.Choices is not null)
            return row;
        if (row.Text is null)
            throw new LocalHostException($"{path}, line {line}: has no answer. Give 'prediction', or 'text' to be parsed as the spec says.");
        return _parser.Parse(row.Text) is Parsed parsed
            ? row with { Prediction = parsed.Value }
            : row with { Outcome = Outcome.Unparsable, LenientPrediction = _parser.ParseLeniently(row.Text) };
    }

    /// <summary>
    /// The sample's offset in the dataset where the file says it, as a run's do; else the line, so that samples whose ids repeat are told apart,
    /// unless they are several answers to one.
    /// </summary>
    private static long Place(JsonElement sample, int line) =>
        sample.TryGetProperty("offset", out var given) && given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var offset) ? offset
        : sample.TryGetProperty("repeat", out _) ? 0
        : line;

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

    /// <summary>Some lines of the file.</summary>
    /// <param name="First">Number of the first one, from 1.</param>
    /// <param name="Lines">The lines.</param>
    private sealed record LineBatch(int First, IReadOnlyList<string> Lines);
}
