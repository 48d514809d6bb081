using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using static FunctionsEval.Functions.Probing.ProbeReading;

namespace FunctionsEval.Functions.Probing;

/// <summary>The questions of a probe.</summary>
internal static class ProbeQuestions
{
    private const string ScoredText = "The ferry to the island leaves at nine.";

    /// <summary>The first question: whether the model answers at all.</summary>
    public static ProbeQuestion Answer { get; } =
        new(ProbeFeature.Answer, tokens => Ask("Which city is the capital of France? Answer with one word.", tokens), _ => []);

    /// <summary>The only question to a model that gives vectors.</summary>
    public static ProbeQuestion Embeddings { get; } =
        new(ProbeFeature.Embeddings, _ => new ModelRequest { EmbeddedTexts = ["harbour"] }, ReadVectors);

    /// <summary>All others, in the order in which they are asked.</summary>
    public static IReadOnlyList<ProbeQuestion> Others { get; } =
    [
        new(
            ProbeFeature.Streaming,
            tokens => With(Ask("Count from 1 to 5.", tokens), sampling => sampling with { Stream = true }),
            ReadStream
        )
        {
            LeftOutAs = "stream",
        },
        Instructed(ProbeFeature.SystemRole, "system") with
        {
            IfLeftOut = () =>
                new ProbeFinding(
                    ProbeFeature.SystemRole,
                    ProbeState.Differs,
                    "The endpoint takes no turns of this role: they are sent as developer, or in front of the user's turn."
                ),
        },
        Instructed(ProbeFeature.DeveloperRole, "developer"),
        new(
            ProbeFeature.Seed,
            tokens => With(Ask("Write a sentence about a harbour.", tokens), sampling => sampling with { Seed = 11, Temperature = 1 }),
            _ => []
        )
        {
            LeftOutAs = "seed",
            Compare = ReadSeed,
        },
        new(
            ProbeFeature.Stop,
            tokens => With(Ask("Count from 1 to 9, with a space after each number.", tokens), sampling => sampling with { Stop = ["5"] }),
            ReadStop
        )
        {
            LeftOutAs = "stop",
            IfLeftOut = () =>
                new ProbeFinding(
                    ProbeFeature.Stop,
                    ProbeState.Differs,
                    "The endpoint does not take it; the app itself ends answers there."
                ),
        },
        new(
            ProbeFeature.LogProbabilities,
            tokens => With(Ask(Choice, tokens), sampling => sampling with { LogProbabilities = true }),
            ReadLogProbabilities
        )
        {
            LeftOutAs = "logprobs",
        },
        new(ProbeFeature.LabelProbabilities, tokens => Ask(Choice, tokens) with { TopLogProbabilities = true }, ReadTop)
        {
            LeftOutAs = "logprobs",
        },
        new(ProbeFeature.ScoredText, _ => new ModelRequest { ScoredText = ScoredText }, answer => ReadEcho(ProbeFeature.ScoredText, answer))
        {
            Skip = model => NoEcho(ProbeFeature.ScoredText, model),
        },
        new(
            ProbeFeature.ScoredChoices,
            _ => new ModelRequest { ScoredText = ScoredText, ScoredFrom = ScoredText.LastIndexOf(' ') },
            answer => ReadEcho(ProbeFeature.ScoredChoices, answer)
        )
        {
            Skip = model => NoEcho(ProbeFeature.ScoredChoices, model),
        },
        new(
            ProbeFeature.Tools,
            tokens => Ask(ProbeTools.Question, Math.Max(tokens, ProbeLimits.CallTokens)) with { Tools = ProbeTools.Set },
            ReadCalls
        ),
        new(
            ProbeFeature.JsonObject,
            tokens => Ask(InJson, tokens) with { ResponseFormat = new ResponseFormat(ResponseFormatKind.JsonObject) },
            answer => ReadJson(ProbeFeature.JsonObject, answer, isOfSchema: false)
        ),
        new(
            ProbeFeature.JsonSchema,
            tokens => Ask(InJson, tokens) with { ResponseFormat = ProbeTools.CityFormat },
            answer => ReadJson(ProbeFeature.JsonSchema, answer, isOfSchema: true)
        ),
        new(ProbeFeature.Images, AskOfImage, ReadColour),
    ];

    private const string Choice = "Which letter comes first in the alphabet, A or B? Answer with the letter alone.";

    private const string InJson = "Which city is the capital of France? Answer with a JSON object whose only member is \"city\".";

    // A red square of 32 × 32 pixels.
    private const string RedImage =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAJ0lEQVR42u3NsQkAAAjAsP7/tF7hIASyp6lTCQQCgUAgEAgEgi/BAjLD/C5w/SM9AAAAAElFTkSuQmCC";

    private static ModelRequest Ask(string question, int tokens) => Ask([new ChatMessage("user", question)], tokens);

    private static ModelRequest Ask(IReadOnlyList<ChatMessage> turns, int tokens) =>
        new()
        {
            Messages = turns,
            Sampling = new SamplingSpec { MaxOutputTokens = tokens },
        };

    private static ModelRequest With(ModelRequest request, Func<SamplingSpec, SamplingSpec> change) =>
        request with
        {
            Sampling = change(request.Sampling),
        };

    private static ProbeQuestion Instructed(ProbeFeature feature, string role) =>
        new(
            feature,
            tokens => Ask([new ChatMessage(role, "Answer with one word."), new ChatMessage("user", "Which colour is snow?")], tokens),
            _ => [new ProbeFinding(feature, ProbeState.Works)]
        )
        {
            LeftOutAs = "system role",
            Skip = model =>
                model.Api == ModelProtocols.Completions
                    ? new ProbeFinding(feature, ProbeState.Differs, "Turns have no roles in this API: they are sent as one text.")
                    : null,
        };

    private static ProbeFinding? NoEcho(ProbeFeature feature, ModelOptions model) =>
        model.Api.ScoresTexts
            ? null
            : new ProbeFinding(
                feature,
                ProbeState.Missing,
                feature == ProbeFeature.ScoredChoices
                    ? "As of a whole text."
                    : $"The {model.Api} API does not score given texts. If the endpoint does ({ScoringAdvice.Needs}), "
                        + $"configure the model a second time, with Api {ModelProtocols.Completions}."
            );

    private static ModelRequest AskOfImage(int tokens)
    {
        const string Question = "Which colour is this image? Answer with one word.";
        var turn = new ChatMessage("user", Question) { Parts = [new TextPart(Question), new ImagePart(RedImage) { Detail = "low" }] };
        return Ask([turn], tokens);
    }
}
