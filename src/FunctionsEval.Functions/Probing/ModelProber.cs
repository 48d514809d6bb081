using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.Functions.Probing;

/// <summary>Finds out what a configured model's endpoint can do, by asking it small questions through the app's own client.</summary>
/// <remarks>
/// One probe at a time in a process, one question at a time. What it finds out is not what runs go by: a question that an endpoint refuses
/// only in a probe must not change their requests.
/// </remarks>
internal sealed class ModelProber(
    ProbePlanner planner,
    RequestSender sender,
    CallTelemetry telemetry,
    TimeProvider time,
    Random random,
    ILogger<ModelProber> logger
)
{
    private readonly CallRetryPolicy _policy = new(ProbeLimits.Retries, random);
    private int _isProbing;

    /// <summary>Asks a model the questions of a probe.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Stops at once; what was sent was perhaps paid.</param>
    /// <returns>What was found; null where another probe is under way in this process.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<ModelProbe?> TryProbeAsync(ConfiguredModel model, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isProbing, 1) == 1)
        {
            return null;
        }

        try
        {
            using var limit = new CancellationTokenSource(ProbeLimits.Total, time);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var session = new ProbeSession(model, CreateCaller, ended.Token);
            var probe = await ProbeAsync(session);
            cancellationToken.ThrowIfCancellationRequested();
            logger.ModelProbed(model.Options.Name, probe.IsUsable, probe.Used.Requests, probe.Used.InputTokens + probe.Used.OutputTokens);
            return probe;
        }
        finally
        {
            Volatile.Write(ref _isProbing, 0);
        }
    }

    private async Task<ModelProbe> ProbeAsync(ProbeSession session)
    {
        var model = session.Options;
        var first = model.Api.GivesEmbeddings ? ProbeQuestions.Embeddings : ProbeQuestions.Answer;
        var tokens = ProbeLimits.AnswerTokens;
        var asked = await session.AskAsync(first.Write(tokens));
        if (asked.Answer is { } cut && cut.Text.Length == 0 && cut.InsteadOfText != CallReasons.ToolCall && cut.Cut != AnswerCut.None)
        {
            tokens = ProbeLimits.ReasoningTokens;
            session.Known = asked.Quirks;
            asked = await session.AskAsync(first.Write(tokens));
        }

        return asked.Answer is { } answer
            ? await ReadAllAsync(session, first.Write(tokens), asked, answer)
            : new ModelProbe
            {
                Plan = planner.For(model),
                IsUsable = false,
                Problem = UnansweredQuestion.ProblemOf(model, asked.Result),
                Findings = [UnansweredQuestion.ToFinding(first.Feature, model, asked.Result)],
                LimitHeaders = session.Responses.LimitHeaders,
                Used = session.Used,
            };
    }

    /// <summary>Asks the questions to a model that answers.</summary>
    private async Task<ModelProbe> ReadAllAsync(ProbeSession session, ModelRequest first, AskedQuestion asked, Completion answer)
    {
        var model = session.Options;
        session.Known = asked.Quirks;
        List<ProbeFinding> findings =
        [
            .. model.Api.GivesEmbeddings ? FirstAnswer.ReadVectors(answer) : FirstAnswer.Read(model, first, asked),
        ];
        long? firstToken = null;
        if (!model.Api.GivesEmbeddings)
        {
            firstToken = await AskOthersAsync(session, first.Sampling.MaxOutputTokens, findings);
        }

        findings.Add(LimitFinding(session));
        return new ModelProbe
        {
            Plan = planner.For(model),
            IsUsable = findings[0].State is not ProbeState.Missing,
            Problem = findings[0].State is ProbeState.Missing ? findings[0].Detail : null,
            AnsweringModel = answer.Model,
            SystemFingerprint = answer.SystemFingerprint,
            AnswerMilliseconds = (long)answer.Latency.TotalMilliseconds,
            FirstTokenMilliseconds = firstToken,
            Findings = findings,
            RuledOut = ProbeConsequences.From(model, findings),
            LimitHeaders = session.Responses.LimitHeaders,
            Used = session.Used,
        };
    }

    /// <summary>Asks all questions but the first.</summary>
    /// <returns>Milliseconds to the first token of the streamed answer; null for none.</returns>
    private static async Task<long?> AskOthersAsync(ProbeSession session, int tokens, List<ProbeFinding> findings)
    {
        long? firstToken = null;
        var faults = 0;
        foreach (var question in ProbeQuestions.Others)
        {
            if ((question.Skip(session.Options) ?? Spare(question, faults)) is { } unasked)
            {
                findings.Add(unasked);
                continue;
            }

            var asked = await session.AskAsync(question.Write(tokens));
            findings.AddRange(await ReadAsync(session, question, tokens, asked));
            faults = UnansweredQuestion.IsFault(asked.Result) ? faults + 1 : 0;
            firstToken ??= (long?)asked.Answer?.TimeToFirstToken?.TotalMilliseconds;
        }

        return firstToken;
    }

    /// <summary>What is said of a question that is no longer asked, because the endpoint fails; null where it is.</summary>
    private static ProbeFinding? Spare(ProbeQuestion question, int faults) =>
        faults < ProbeLimits.MaxFaults
            ? null
            : new ProbeFinding(question.Feature, ProbeState.Unknown, "It was not asked: two questions in a row came to no end.");

    private static async Task<IReadOnlyList<ProbeFinding>> ReadAsync(
        ProbeSession session,
        ProbeQuestion question,
        int tokens,
        AskedQuestion asked
    )
    {
        if (asked.Answer is not { } answer)
        {
            return [UnansweredQuestion.ToFinding(question.Feature, session.Options, asked.Result)];
        }

        if (question.LeftOutAs is { } word && answer.LeftOut.Contains(word))
        {
            return
            [
                question.IfLeftOut?.Invoke()
                    ?? new ProbeFinding(question.Feature, ProbeState.Missing, $"The endpoint does not take it ({word})."),
            ];
        }

        if (question.Compare is not { } compare)
        {
            return question.Read(answer);
        }

        var again = await session.AskAsync(question.Write(tokens));
        return
        [
            again.Answer is { } second
                ? compare(answer, second)
                : UnansweredQuestion.ToFinding(question.Feature, session.Options, again.Result),
        ];
    }

    private static ProbeFinding LimitFinding(ProbeSession session) =>
        session.Responses.LimitHeaders.Count > 0
            ? new ProbeFinding(ProbeFeature.LimitHeaders, ProbeState.Works, string.Join(", ", session.Responses.LimitHeaders.Keys))
            : new ProbeFinding(
                ProbeFeature.LimitHeaders,
                ProbeState.Missing,
                "The endpoint does not say what is left; the app finds its limits by refusals (429)."
            );

    /// <summary>What calls the probe's own model. Its log is the probe's result.</summary>
    private ModelCaller CreateCaller(ConfiguredModel model) =>
        new(new ModelRegistry([model.Options], _ => model), _policy, sender, telemetry, time, NullLogger<ModelCaller>.Instance);
}
