using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Probing;

/// <summary>What a probe of a model asks, and what that takes at most.</summary>
internal sealed class ProbePlanner(TokenCounter tokens)
{
    // A tenth on top, because not every model counts tokens as the counter does; the chat format of tools takes more than their JSON.
    private const double TokenMargin = 1.1;
    private const int TokensPerRequest = 50;

    /// <summary>The plan.</summary>
    /// <param name="model">The model.</param>
    public ModelProbePlan For(ModelOptions model)
    {
        ModelRequest[] requests = [.. QuestionsTo(model).SelectMany(RequestsOf)];
        long input = 0,
            output = 0;
        foreach (var request in requests)
        {
            input += TokensPerRequest + (long)(tokens.Count(request) * TokenMargin);
            output += model.Api.MaxAnswerTokens(request);
        }

        var paid = CallRetryPolicy.MaxPaidAttempts;
        return new ModelProbePlan
        {
            Model = model.Name,
            Provider = model.Provider.Name,
            Api = model.Api.Name,
            Deployment = model.Deployment,
            Address = model.Provider.RouteFor(model, model.Api.Route).AbsoluteUri,
            Credential =
                model.ApiKey is not null ? ProbeCredential.Key
                : model.Scope is not null ? ProbeCredential.Identity
                : ProbeCredential.None,
            Questions = requests.Length,
            AtMost = new ProbeUse(requests.Length * paid, input * paid, output * paid, model.Prices?.CostOf(input * paid, output * paid)),
            MaxSeconds = (int)ProbeLimits.Total.TotalSeconds,
        };
    }

    /// <summary>The questions that a model can be asked through its protocol.</summary>
    /// <param name="model">The model.</param>
    public static IEnumerable<ProbeQuestion> QuestionsTo(ModelOptions model) =>
        model.Api.GivesEmbeddings
            ? [ProbeQuestions.Embeddings]
            : ProbeQuestions
                .Others.Where(question => question.Skip(model) is null)
                .Where(question => model.Api.FindProblem(model, question.Write(ProbeLimits.AnswerTokens)) is null)
                .Prepend(ProbeQuestions.Answer);

    private static IEnumerable<ModelRequest> RequestsOf(ProbeQuestion question)
    {
        // The first one may be asked a second time, with room for reasoning.
        var times = question.Compare is not null || question == ProbeQuestions.Answer ? 2 : 1;
        return Enumerable.Repeat(question.Write(ProbeLimits.ReasoningTokens), times);
    }
}
