using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;

namespace FunctionsEval.Functions.Probing;

/// <summary>What the first answer of a probe shows besides that there is one.</summary>
internal static class FirstAnswer
{
    /// <summary>What the first answer shows.</summary>
    public static IEnumerable<ProbeFinding> Read(ModelOptions model, ModelRequest request, AskedQuestion asked)
    {
        var answer = asked.Answer!;
        yield return answer.Model is { } named && !AnsweringModel.IsAskedFor(model, named)
            ? new ProbeFinding(ProbeFeature.Answer, ProbeState.Differs, $"'{named}' answered, and '{model.Deployment}' was asked for.")
        : answer.IsReasoningAlone
            ? new ProbeFinding(
                ProbeFeature.Answer,
                ProbeState.Differs,
                $"All of {ProbeLimits.ReasoningTokens} tokens went into reasoning: give sampling.maxOutputTokens more."
            )
        : new ProbeFinding(ProbeFeature.Answer, ProbeState.Works, answer.Text.Length == 0 ? "The answer was empty." : null);
        yield return answer is { InputTokens: > 0, OutputTokens: > 0 }
            ? new ProbeFinding(
                ProbeFeature.Usage,
                ProbeState.Works,
                $"{answer.InputTokens} of the prompt, {answer.CachedInputTokens} of them cached; {answer.OutputTokens} of the answer, {answer.ReasoningTokens} of them reasoning."
            )
            : new ProbeFinding(
                ProbeFeature.Usage,
                ProbeState.Missing,
                "The answer says no numbers of tokens: tokens and cost of runs are 0."
            );
        if (model.Prices is null)
        {
            yield return new ProbeFinding(
                ProbeFeature.Prices,
                ProbeState.Missing,
                $"Set {model.Setting(nameof(ModelOptions.InputPricePerMillionTokens))} and {nameof(ModelOptions.OutputPricePerMillionTokens)}."
            );
        }

        yield return new ProbeFinding(ProbeFeature.MaxTokens, ProbeState.Works, MaxTokensName(model, request, asked.Quirks));
        yield return answer.LeftOut.Contains("temperature")
            ? new ProbeFinding(ProbeFeature.Temperature, ProbeState.Missing, "The endpoint takes its default only; it is left out.")
            : new ProbeFinding(ProbeFeature.Temperature, ProbeState.Works);
    }

    /// <summary>What vectors show: they are no answers.</summary>
    public static IEnumerable<ProbeFinding> ReadVectors(Completion answer) =>
        [
            .. ProbeQuestions.Embeddings.Read(answer),
            .. new[] { ProbeFeature.Answer, ProbeFeature.ScoredText, ProbeFeature.ScoredChoices }.Select(feature => new ProbeFinding(
                feature,
                ProbeState.Missing,
                "The model gives vectors, not answers."
            )),
        ];

    /// <summary>The name under which the bound of an answer's tokens is sent.</summary>
    private static string? MaxTokensName(ModelOptions model, ModelRequest request, Quirks quirks)
    {
        using var body = JsonDocument.Parse(RequestBody.Write(model, request, quirks));
        return body
            .RootElement.EnumerateObject()
            .Select(member => member.Name)
            .FirstOrDefault(name => name.StartsWith("max_", StringComparison.Ordinal));
    }
}
