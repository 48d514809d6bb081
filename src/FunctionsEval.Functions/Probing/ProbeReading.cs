using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Probing;

/// <summary>What the answers to a probe's questions show. No finding has anything of an answer's text.</summary>
internal static class ProbeReading
{
    /// <summary>Vectors of a text.</summary>
    public static IReadOnlyList<ProbeFinding> ReadVectors(Completion answer) =>
        [
            answer.Embeddings is [{ Length: > 0 } vector, ..]
                ? new ProbeFinding(ProbeFeature.Embeddings, ProbeState.Works, $"{vector.Length} numbers a text.")
                : new ProbeFinding(ProbeFeature.Embeddings, ProbeState.Missing, "The answer has no vector."),
        ];

    /// <summary>A streamed answer.</summary>
    public static IReadOnlyList<ProbeFinding> ReadStream(Completion answer) =>
        [
            answer.TimeToFirstToken is null
                ? new ProbeFinding(
                    ProbeFeature.Streaming,
                    ProbeState.Missing,
                    "The answer came in one piece although a stream was asked for."
                )
            : answer.OutputTokens == 0
                ? new ProbeFinding(ProbeFeature.Streaming, ProbeState.Differs, "Streams have no token counts, so their cost is not known.")
            : new ProbeFinding(ProbeFeature.Streaming, ProbeState.Works),
        ];

    /// <summary>Two answers with the same seed.</summary>
    public static ProbeFinding ReadSeed(Completion first, Completion second)
    {
        var fingerprints = (first.SystemFingerprint, second.SystemFingerprint) switch
        {
            (null, null) => "The endpoint says no system_fingerprint.",
            var (one, other) when one == other => "The system_fingerprint was the same.",
            _ => "The system_fingerprint changed in between.",
        };
        return first.Text == second.Text && first.Reasoning == second.Reasoning
            ? new ProbeFinding(ProbeFeature.Seed, ProbeState.Works, $"The same answer twice. {fingerprints}")
            : new ProbeFinding(ProbeFeature.Seed, ProbeState.Differs, $"It is taken, and two answers with it differ. {fingerprints}");
    }

    /// <summary>An answer that must end before a 5.</summary>
    public static IReadOnlyList<ProbeFinding> ReadStop(Completion answer) =>
        [
            answer.Text.Contains('5', StringComparison.Ordinal)
                ? new ProbeFinding(ProbeFeature.Stop, ProbeState.Missing, "It is taken, and the answer goes on behind the text.")
                : new ProbeFinding(ProbeFeature.Stop, ProbeState.Works),
        ];

    /// <summary>An answer with log probabilities.</summary>
    public static IReadOnlyList<ProbeFinding> ReadLogProbabilities(Completion answer) =>
        [
            answer.LogProbability is null
                ? new ProbeFinding(ProbeFeature.LogProbabilities, ProbeState.Missing, "They are asked for, and the answer has none.")
                : new ProbeFinding(ProbeFeature.LogProbabilities, ProbeState.Works),
        ];

    /// <summary>An answer with the likeliest tokens in each place.</summary>
    public static IReadOnlyList<ProbeFinding> ReadTop(Completion answer)
    {
        var count = answer.Tokens?.Max(token => (int?)token.TopLogProbabilities.Count) ?? 0;
        return
        [
            count < 2
                ? new ProbeFinding(
                    ProbeFeature.LabelProbabilities,
                    ProbeState.Missing,
                    "The answer has no other tokens than those that were written."
                )
                : new ProbeFinding(
                    ProbeFeature.LabelProbabilities,
                    ProbeState.Works,
                    $"The {count} likeliest tokens in each place; labels that begin with none of them share what is left."
                ),
        ];
    }

    /// <summary>A given text with its probability.</summary>
    public static IReadOnlyList<ProbeFinding> ReadEcho(ProbeFeature feature, Completion answer) =>
        [
            answer is { IsEcho: true, LogProbability: not null }
                ? new ProbeFinding(feature, ProbeState.Works, $"{answer.LogProbabilityTokens} tokens of the text have a probability.")
                : new ProbeFinding(feature, ProbeState.Missing, "The text came back without probabilities."),
        ];

    /// <summary>An answer that must call a function twice.</summary>
    public static IReadOnlyList<ProbeFinding> ReadCalls(Completion answer)
    {
        var calls = answer.ToolCalls;
        if (calls.Count == 0)
        {
            return
            [
                new ProbeFinding(ProbeFeature.Tools, ProbeState.Missing, "The tools are taken, and the answer calls none."),
                new ProbeFinding(ProbeFeature.ParallelTools, ProbeState.Missing, "The answer calls no tool."),
            ];
        }

        var valid = calls.Count(call => call.Name == ProbeTools.Function && ObjectOf(call.Arguments) is not null);
        return
        [
            valid == calls.Count
                ? new ProbeFinding(ProbeFeature.Tools, ProbeState.Works)
                : new ProbeFinding(
                    ProbeFeature.Tools,
                    ProbeState.Differs,
                    $"{calls.Count - valid} of {calls.Count} calls have another function's name, or arguments that are no JSON object."
                ),
            calls.Count > 1
                ? new ProbeFinding(ProbeFeature.ParallelTools, ProbeState.Works)
                : new ProbeFinding(ProbeFeature.ParallelTools, ProbeState.Missing, "Two calls were asked for, and one came back."),
        ];
    }

    /// <summary>An answer that must be JSON.</summary>
    public static IReadOnlyList<ProbeFinding> ReadJson(ProbeFeature feature, Completion answer, bool isOfSchema)
    {
        if (answer.Cut != AnswerCut.None)
        {
            return [new ProbeFinding(feature, ProbeState.Unknown, "The answer was cut at the limit of tokens.")];
        }

        return
        [
            ObjectOf(answer.Text) is not { } members
                ? new ProbeFinding(feature, ProbeState.Missing, "It is taken, and the answer is no JSON object.")
            : isOfSchema && members is not [(ProbeTools.Member, JsonValueKind.String)]
                ? new ProbeFinding(feature, ProbeState.Missing, "It is taken, and the answer does not keep to the schema.")
            : new ProbeFinding(feature, ProbeState.Works),
        ];
    }

    /// <summary>An answer about a red image.</summary>
    public static IReadOnlyList<ProbeFinding> ReadColour(Completion answer) =>
        [
            answer.Text.Contains("red", StringComparison.OrdinalIgnoreCase)
                ? new ProbeFinding(ProbeFeature.Images, ProbeState.Works)
                : new ProbeFinding(ProbeFeature.Images, ProbeState.Differs, "An image is taken, and the model does not name its colour."),
        ];

    /// <summary>The members of a JSON object; null for another text.</summary>
    private static (string Name, JsonValueKind Kind)[]? ObjectOf(string text)
    {
        try
        {
            // As bytes, because half a surrogate pair in the text would be no JsonException.
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(member => (member.GetName() ?? "", member.Value.ValueKind))]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
