using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>What evaluating one sample came to.</summary>
internal abstract record SampleResult
{
    private SampleResult() { }

    /// <summary>The sample has its outcome.</summary>
    public sealed record Done(EvaluatedSample Row) : SampleResult;

    /// <summary>The sample has no outcome yet: the shard must stop for the reason given. What is paid for so far comes with it.</summary>
    public sealed record Interrupted(ShardReport Report, EvaluatedSample? Paid = null) : SampleResult;
}

/// <summary>One sample's path: row → prompt → model call → parsed answer → outcome → grades.</summary>
internal sealed class SampleEvaluator(RunPlan plan, string role, ModelCaller models)
{
    private readonly string _model = plan.ModelOf(role);

    private readonly SamplingSpec _sampling = plan.Measurer.Metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LogProbabilities))
        ? plan.Spec.Sampling with
        {
            LogProbabilities = true,
        }
        : plan.Spec.Sampling;

    private readonly bool _readsAlternatives = NeedsLabels(plan) && plan.Spec.LabelProbabilities == LabelProbabilityMethod.Alternatives;

    private readonly LabelScorer? _labels =
        NeedsLabels(plan) && plan.Spec.LabelProbabilities == LabelProbabilityMethod.Exact
            ? new LabelScorer(plan, plan.ModelOf(role), models)
            : null;

    private readonly AnswerGrader[] _graders =
    [
        .. plan.Measurer.Metrics.Select(metric => metric.Grader).OfType<GraderSpec>().Select(grader => new AnswerGrader(grader, models)),
    ];

    /// <summary>How long a deployment that was just made may take to appear; Azure itself says five minutes.</summary>
    private static readonly TimeSpan DeploymentAppears = TimeSpan.FromMinutes(10);

    /// <summary>Whether nobody waits for the model any longer: a sample that is not served comes to an outcome instead.</summary>
    public bool GivesUp { get; init; }

    /// <summary>Evaluates a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="logged">Its logged row: a partial one, which is gone on from, or a failure, which is asked about again; null for
    /// none.</param>
    /// <param name="sendNoMore">Stops before a call; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task<SampleResult> EvaluateAsync(
        DatasetRow row,
        EvaluatedSample? logged,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        if (logged is null || (logged.IsPartial && HasAnswer(logged)))
        {
            return await AskAsync(row, logged, sendNoMore, cancellationToken);
        }
        // What was asked in vain is forgotten, but not what it cost.
        return await AskAsync(row, null, sendNoMore, cancellationToken) switch
        {
            SampleResult.Done done => new SampleResult.Done(AndPaid(done.Row, logged)),
            SampleResult.Interrupted { Paid: { } paid } interrupted => interrupted with { Paid = AndPaid(paid, logged) },
            var result => result,
        };
    }

    /// <summary>Whether a partial row holds something to go on from, and not only what was paid in vain.</summary>
    private static bool HasAnswer(EvaluatedSample logged) => logged.Text is not null || logged.Choices is not null;

    private static EvaluatedSample AndPaid(EvaluatedSample row, EvaluatedSample before) =>
        row with
        {
            Attempts = row.Attempts + before.Attempts,
            InputTokens = row.InputTokens + before.InputTokens,
            OutputTokens = row.OutputTokens + before.OutputTokens,
        };

    private async Task<SampleResult> AskAsync(
        DatasetRow row,
        EvaluatedSample? paid,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        switch (row)
        {
            case MalformedRow malformed:
                return new SampleResult.Done(Malformed(row, id: null, malformed.Reason, malformed.Message, malformed.Column));
            case ValidRow { Sample: { Choices.Count: > 0 } question }:
                return await AnswerQuestionAsync(row, question, paid, sendNoMore, cancellationToken);
            case ValidRow { Sample: var sample } when paid is not null:
                return await FinishAsync(paid, sample, sendNoMore, cancellationToken);
            case ValidRow { Sample: var sample }:
                ModelRequest request;
                try
                {
                    request = RequestsFor(sample)[0];
                }
                catch (PromptException unusable)
                {
                    return new SampleResult.Done(Malformed(row, sample.Id, "prompt_error", unusable.Message, column: null));
                }

                if (plan.RepeatOf(row) is > 1 and var repeat && request.Sampling.Seed is { } seed)
                {
                    request = request with { Sampling = request.Sampling with { Seed = seed + repeat - 1 } };
                }

                var result = Conclude(EmptyRow(row, sample), await models.CallAsync(_model, request, sendNoMore, cancellationToken));
                return result is SampleResult.Done { Row: { IsMeasured: true, Echo: false } answered }
                    ? await FinishAsync(answered, sample, sendNoMore, cancellationToken)
                    : result;
            default:
                throw new InvalidOperationException($"Unknown kind of row: {row.GetType().Name}.");
        }
    }

    /// <summary>
    /// The row of a sample under whose evaluation the process ended each time: it is not tried again, so that the others are.
    /// </summary>
    public EvaluatedSample Quarantine(DatasetRow row, int crashes)
    {
        var reason = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"process_ended: the process ended {crashes} times while it worked on this shard: on this sample among others, in a small group, and on it alone"
        );
        return row is ValidRow { Sample: var sample }
            ? EmptyRow(row, sample) with
            {
                Outcome = Outcome.Exhausted,
                Reason = reason,
            }
            : Malformed(row, id: null, "process_ended", reason["process_ended: ".Length..], column: null);
    }

    /// <summary>Has each choice scored as the continuation of the prompt, after one space, as lm-evaluation-harness does.</summary>
    private async Task<SampleResult> AnswerQuestionAsync(
        DatasetRow row,
        Sample question,
        EvaluatedSample? paid,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<ModelRequest> requests;
        try
        {
            requests = RequestsFor(question);
        }
        catch (PromptException unusable)
        {
            return new SampleResult.Done(Malformed(row, question.Id, "prompt_error", unusable.Message, column: null));
        }

        var answer = paid ?? EmptyRow(row, question);
        List<ChoiceLikelihood> choices = [.. answer.Choices ?? []];
        for (var index = choices.Count; index < question.Choices.Count; index++)
        {
            var choice = question.Choices[index];
            var result = await models.CallAsync(_model, requests[index], sendNoMore, cancellationToken);
            if (result is not ModelCallResult.Answered { Completion: var completion })
            {
                // What was paid for the choices before this one is kept for the next try.
                return Conclude(answer, result) is SampleResult.Interrupted interrupted
                    ? interrupted with
                    {
                        Paid =
                            choices.Count > 0 || interrupted.Paid is not null
                                ? (interrupted.Paid ?? answer) with
                                {
                                    Choices = choices,
                                    IsPartial = true,
                                }
                                : null,
                    }
                    : Conclude(answer with { Choices = null, IsPartial = false }, result);
            }

            choices.Add(
                new ChoiceLikelihood(choice, completion.LogProbability ?? 0, completion.IsGreedy, question.GoldChoices.Contains(index))
            );
            answer = answer with
            {
                InputTokens = answer.InputTokens + completion.InputTokens,
                OutputTokens = answer.OutputTokens + completion.OutputTokens,
                Attempts = answer.Attempts + completion.Attempts,
                Model = completion.Model,
                SystemFingerprint = completion.SystemFingerprint,
                LatencyMs = Math.Max(answer.LatencyMs ?? 0, Math.Round(completion.Latency.TotalMilliseconds, 2)),
            };
        }

        return new SampleResult.Done(
            answer with
            {
                Choices = choices,
                Prediction = choices.MaxBy(choice => choice.LogLikelihood)!.Text,
                IsPartial = false,
            }
        );
    }

    /// <summary>Has an answer graded, and the labels scored, where the metrics need it.</summary>
    private async Task<SampleResult> FinishAsync(
        EvaluatedSample answered,
        Sample sample,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var graded = await GradeAsync(answered, sample, sendNoMore, cancellationToken);
        if (_labels is null || graded is not SampleResult.Done { Row: var row })
        {
            return graded;
        }

        var (scored, stopped) = await _labels.ScoreAsync(row, Request(sample), sendNoMore, cancellationToken);
        if (stopped is null)
        {
            return new SampleResult.Done(scored);
        }

        if ((GivenUp(stopped) ?? stopped) is ModelCallResult.Failed failed)
        {
            return new SampleResult.Done(LabelScorer.GiveUp(scored, failed));
        }

        return new SampleResult.Interrupted(Interruption(stopped), PaidInVain(scored, stopped) ?? scored);
    }

    private async Task<SampleResult> GradeAsync(
        EvaluatedSample answered,
        Sample sample,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        if (_graders.Length == 0)
        {
            return new SampleResult.Done(answered);
        }

        var grades = new SortedDictionary<string, Grade>(StringComparer.Ordinal);
        foreach (var grader in _graders)
        {
            if (answered.Grades?.GetValueOrDefault(grader.Name) is { } known)
            {
                grades.Add(grader.Name, known);
                continue;
            }

            var (grade, stopped) = await grader.GradeAsync(sample, answered.Text ?? "", sendNoMore, cancellationToken);
            if (grade is null && GivenUp(stopped!) is { } failed)
            {
                grade = AnswerGrader.NotGraded(failed);
            }

            if (grade is null)
            {
                return new SampleResult.Interrupted(Interruption(stopped!), answered with { Grades = grades, IsPartial = true });
            }

            grades.Add(grader.Name, grade);
        }

        return new SampleResult.Done(answered with { Grades = grades, IsPartial = false });
    }

    /// <summary>
    /// What the model is asked about a sample: one question, followed by its labels where they are scored; or each choice of a question as
    /// its continuation after one space.
    /// </summary>
    /// <exception cref="PromptException">The sample does not fit the prompt.</exception>
    public IReadOnlyList<ModelRequest> RequestsFor(Sample sample)
    {
        if (sample.Choices.Count == 0)
        {
            var request = Request(sample);
            return _labels is null ? [request] : [request, .. _labels.RequestsFor(request)];
        }

        var context = string.Join("\n\n", plan.Prompts.Render(sample).Select(turn => turn.Content)).TrimEnd();
        return
        [
            .. sample.Choices.Select(choice => new ModelRequest
            {
                ScoredText = context.Length == 0 ? choice : $"{context} {choice}",
                ScoredFrom = context.Length,
                Sampling = _sampling,
            }),
        ];
    }

    private ModelRequest Request(Sample sample) =>
        new()
        {
            Messages = plan.Spec.Task == EvaluationTask.LanguageModelling ? [] : plan.Prompts.Render(sample),
            ScoredText = plan.Spec.Task == EvaluationTask.LanguageModelling ? sample.References[0] : null,
            Sampling = _sampling,
            Alternatives = _readsAlternatives,
            Markers = plan.Parser.MarkersBeside(sample.References),
        };

    private static bool NeedsLabels(RunPlan plan) =>
        plan.Measurer.Metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LabelProbabilities));

    private EvaluatedSample EmptyRow(DatasetRow row, Sample sample) =>
        new()
        {
            Id = sample.Id,
            Ordinal = row.Ordinal,
            Line = row.Line,
            Offset = row.Offset,
            Outcome = Outcome.Scored,
            Input = role == Roles.Candidate && plan.Spec.Task != EvaluationTask.LanguageModelling ? sample.Input : null,
            References = [.. sample.References.Select(plan.Parser.NormalizeReference)],
            Tags = sample.Tags.Count > 0 ? sample.Tags : null,
            Content = plan.Contents.HashOf(sample),
            Repeat = plan.RepeatOf(row),
            Leak = plan.Training?.Index?.Find(sample),
        };

    private SampleResult Conclude(EvaluatedSample empty, ModelCallResult result)
    {
        return (GivenUp(result) ?? result) switch
        {
            ModelCallResult.Answered answered => new SampleResult.Done(plan.Measurer.WithinLimits(Read(empty, answered.Completion))),
            ModelCallResult.Failed failed => new SampleResult.Done(
                empty with
                {
                    Outcome = failed.Outcome,
                    Reason = $"{failed.Reason}: {failed.Message}",
                    Attempts = empty.Attempts + failed.Attempts,
                    InputTokens = empty.InputTokens + failed.InputTokens,
                    OutputTokens = empty.OutputTokens + failed.OutputTokens,
                }
            ),
            _ => new SampleResult.Interrupted(Interruption(result), PaidInVain(empty, result)),
        };
    }

    /// <summary>A partial row of what was paid for a sample that has no answer yet; null for nothing.</summary>
    private static EvaluatedSample? PaidInVain(EvaluatedSample empty, ModelCallResult result)
    {
        var (attempts, inputTokens, outputTokens) = result switch
        {
            ModelCallResult.Unreachable { IfGivenUp: var failed } => (failed.Attempts, failed.InputTokens, failed.OutputTokens),
            ModelCallResult.RetryLater { IfGivenUp: var failed } => (failed.Attempts, failed.InputTokens, failed.OutputTokens),
            ModelCallResult.NotSent stopped => (stopped.Attempts, stopped.InputTokens, stopped.OutputTokens),
            _ => default,
        };
        return (inputTokens, outputTokens) == default
            ? null
            : empty with
            {
                IsPartial = true,
                Attempts = empty.Attempts + attempts,
                InputTokens = empty.InputTokens + inputTokens,
                OutputTokens = empty.OutputTokens + outputTokens,
            };
    }

    /// <summary>
    /// What the sample comes to when nobody waits any longer; null as long as somebody does, and for what no waiting helps.
    /// </summary>
    private ModelCallResult.Failed? GivenUp(ModelCallResult result) =>
        result switch
        {
            ModelCallResult.Unreachable unreachable when GivesUp => unreachable.IfGivenUp,
            ModelCallResult.RetryLater later when GivesUp => later.IfGivenUp,
            _ => null,
        };

    private ShardReport Interruption(ModelCallResult result) =>
        result switch
        {
            ModelCallResult.Misconfigured { MayAppear: true } missing when plan.Manifest.IsAutomatic => new ShardReport(
                ShardStatus.Unreachable,
                new RunFailure("model_misconfigured", missing.Message)
            )
            {
                OutageLimit = DeploymentAppears,
            },
            ModelCallResult.Misconfigured misconfigured => ShardReport.Failed("model_misconfigured", misconfigured.Message),
            ModelCallResult.Unreachable unreachable => new ShardReport(
                ShardStatus.Unreachable,
                new RunFailure("model_unreachable", unreachable.Message),
                unreachable.After
            ),
            ModelCallResult.RetryLater later => new ShardReport(
                ShardStatus.Throttled,
                new RunFailure("model_unreachable", later.IfGivenUp.Message),
                later.After
            ),
            ModelCallResult.NotSent => ShardReport.Incomplete(),
            _ => throw new InvalidOperationException($"Unknown result of a model call: {result.GetType().Name}."),
        };

    private EvaluatedSample Read(EvaluatedSample row, Completion completion)
    {
        var labels = _readsAlternatives && completion.Tokens is { } tokens ? plan.Parser.ReadLabelProbabilities(tokens) : null;
        row = row with
        {
            Text = completion.IsEcho ? null : completion.Text,
            Reasoning = completion.Reasoning,
            ReasoningTokens = completion.ReasoningTokens,
            LeftOut = completion.LeftOut.Count > 0 ? completion.LeftOut : null,
            FinishReason = completion.FinishReason,
            InputTokens = completion.InputTokens,
            OutputTokens = completion.OutputTokens,
            LatencyMs = Math.Round(completion.Latency.TotalMilliseconds, 2),
            TimeToFirstTokenMs = completion.TimeToFirstToken is { } first ? Math.Round(first.TotalMilliseconds, 2) : null,
            TokensPerSecond = completion.TokensPerSecond is { } rate ? Math.Round(rate, 2) : null,
            Model = completion.Model,
            SystemFingerprint = completion.SystemFingerprint,
            LogProbability = completion.LogProbability,
            LogProbabilityTokens = completion.LogProbabilityTokens,
            Echo = completion.IsEcho,
            Attempts = completion.Attempts,
            LabelProbabilities = labels?.Probabilities,
            UnresolvedLabelMass = labels?.Unresolved,
        };
        if (completion.IsEcho)
        {
            return row;
        }

        if (completion.Cut != AnswerCut.None && !plan.Spec.Parsing.ScoreTruncated && plan.Spec.Task != EvaluationTask.LanguageModelling)
        {
            return row with { Outcome = Outcome.Truncated, Reason = ReasonOf(completion) };
        }

        return RowReading.Read(row, plan.Parser, new ModelText(completion.Text, completion.Reasoning), completion.InsteadOfText);
    }

    private static string ReasonOf(Completion completion) =>
        completion.Cut == AnswerCut.MaxOutputTokens
            ? "length: the answer reached sampling.maxOutputTokens"
            : "context_full: the model's context was full before the answer reached sampling.maxOutputTokens; shorten the prompt, or give the model a larger context";

    private EvaluatedSample Malformed(DatasetRow row, string? id, string code, string message, int? column) =>
        new()
        {
            Id = id ?? row.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Ordinal = row.Ordinal,
            Line = row.Line,
            Offset = row.Offset,
            Repeat = plan.RepeatOf(row),
            Outcome = Outcome.MalformedSample,
            Reason = column is null ? $"{code}: {message}" : $"{code}: {message} (column {column})",
        };
}
