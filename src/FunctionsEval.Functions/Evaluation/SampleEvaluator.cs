using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>One sample's path: row → prompt → model call → answer → outcome → grades → label scores.</summary>
internal sealed class SampleEvaluator : ISampleEvaluator
{
    private readonly RunPlan _plan;
    private readonly ModelCall _call;
    private readonly string _model;
    private readonly SampleRequests _requests;
    private readonly SampleRows _rows;
    private readonly AnswerReading _reading;
    private readonly ChoiceScorer _choices;
    private readonly AnswerGrading _grading;
    private readonly LabelScorer? _labels;
    private readonly SampleImages? _images;

    /// <summary>Creates the path of a role's samples.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="role">Candidate or baseline.</param>
    /// <param name="call">Calls the models.</param>
    /// <param name="askHttp">Asks the HTTP graders.</param>
    /// <param name="images">Loads the images beside the dataset; null where there are none.</param>
    /// <param name="baseline">The baseline's answers; null where none are compared with them.</param>
    public SampleEvaluator(
        RunPlan plan,
        string role,
        ModelCall call,
        HttpGraderCall askHttp,
        SampleImages? images = null,
        BaselineAnswers? baseline = null
    )
    {
        _images = images;
        _plan = plan;
        _call = call;
        _model = plan.ModelOf(role);
        _requests = new SampleRequests(plan);
        _rows = new SampleRows(plan, role);
        _reading = new AnswerReading(plan, _requests.ReadsTopLogProbabilities);
        _choices = new ChoiceScorer(_model, call);
        _grading = new AnswerGrading(plan.Measurer.GradersOf(role), call, askHttp, baseline);
        _labels = _requests.ScoresLabels ? new LabelScorer(plan, _model, _requests, call) : null;
    }

    /// <inheritdoc/>
    public async Task<SampleEvaluation> EvaluateAsync(
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
        // The failed calls are forgotten, but not their cost.
        return await AskAsync(row, null, sendNoMore, cancellationToken) switch
        {
            SampleEvaluation.Done done => new SampleEvaluation.Done(SampleRows.WithPaid(done.Row, logged)),
            SampleEvaluation.Interrupted { PaidSoFar: { } paid } interrupted => interrupted with
            {
                PaidSoFar = SampleRows.WithPaid(paid, logged),
            },
            var result => result,
        };
    }

    /// <summary>Whether a partial row holds results to continue from, and not only the cost of failed calls.</summary>
    private static bool HasAnswer(EvaluatedSample logged) => logged.Text is not null || logged.Choices is not null;

    private Task<SampleEvaluation> AskAsync(
        DatasetRow row,
        EvaluatedSample? paid,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    ) =>
        row switch
        {
            MalformedRow malformed => Task.FromResult<SampleEvaluation>(
                new SampleEvaluation.Done(_rows.Malformed(row, id: null, malformed.Reason, malformed.Message, malformed.Column))
            ),
            ValidRow valid => AskAsync(valid, paid, sendNoMore, cancellationToken),
            _ => throw new InvalidOperationException($"Unknown kind of row: {row.GetType().Name}."),
        };

    private async Task<SampleEvaluation> AskAsync(
        ValidRow row,
        EvaluatedSample? paid,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var sample = row.Sample;
        IReadOnlyList<ModelRequest> questions;
        try
        {
            questions = _requests.QuestionsFor(sample);
        }
        catch (PromptException misfit)
        {
            return new SampleEvaluation.Done(_rows.Malformed(row, sample.Id, MalformedReasons.PromptError, misfit.Message, column: null));
        }

        if (sample.Choices.Count > 0)
        {
            return await ScoreChoicesAsync(paid ?? _rows.Empty(row, sample), sample, questions, sendNoMore, cancellationToken);
        }

        if (paid is not null)
        {
            return await FinishAsync(paid, sample, questions[0], sendNoMore, cancellationToken);
        }

        var (result, unusable) = await SendAsync(Seeded(questions[0], _plan.RepeatOf(row)), sendNoMore, cancellationToken);
        if (unusable is not null)
        {
            return new SampleEvaluation.Done(_rows.Malformed(row, sample.Id, MalformedReasons.UnusableImage, unusable, column: null));
        }

        if (result is not ModelCallResult.Answered { Completion: var completion })
        {
            return Unanswered(_rows.Empty(row, sample), result!);
        }

        var answered = _reading.Read(_rows.Empty(row, sample), sample, completion);
        return answered is { IsMeasured: true, Echo: false }
            ? await FinishAsync(answered, sample, questions[0], sendNoMore, cancellationToken)
            : new SampleEvaluation.Done(answered);
    }

    /// <summary>Sends a request with its images.</summary>
    /// <returns>The result; or why an image cannot be sent.</returns>
    private async Task<(ModelCallResult? Result, string? Unusable)> SendAsync(
        ModelRequest request,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        using var loaded = _images is null ? new RequestWithImages(request) : await _images.LoadAsync(request, sendNoMore);
        return loaded.Problem is { } problem ? (null, problem) : (await _call(_model, loaded.Request, sendNoMore, cancellationToken), null);
    }

    /// <summary>Each of a sample's answers has its own seed.</summary>
    private static ModelRequest Seeded(ModelRequest request, int repeat) =>
        repeat > 1 && request.Sampling.Seed is { } seed
            ? request with
            {
                Sampling = request.Sampling with { Seed = seed + repeat - 1 },
            }
            : request;

    private async Task<SampleEvaluation> ScoreChoicesAsync(
        EvaluatedSample row,
        Sample question,
        IReadOnlyList<ModelRequest> requests,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var (scored, stopped) = await _choices.ScoreAsync(row, question, requests, sendNoMore, cancellationToken);
        return stopped switch
        {
            null => new SampleEvaluation.Done(scored),
            ModelCallResult.Failed failed => Unanswered(scored with { Choices = null, IsPartial = false }, failed),
            _ => Interrupted(stopped, UnansweredCall.PaidInVain(scored, stopped) ?? (scored.Choices is [_, ..] ? scored : null)),
        };
    }

    /// <summary>Has an answer graded, and the labels scored, where the metrics need it.</summary>
    private async Task<SampleEvaluation> FinishAsync(
        EvaluatedSample answered,
        Sample sample,
        ModelRequest question,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var (graded, notGraded) = await _grading.GradeAsync(answered, sample, sendNoMore, cancellationToken);
        if (notGraded is not null)
        {
            return Interrupted(notGraded, graded);
        }

        if (_labels is null)
        {
            return new SampleEvaluation.Done(graded);
        }

        var (scored, notScored) = await _labels.ScoreAsync(graded, question, sendNoMore, cancellationToken);
        return notScored switch
        {
            null => new SampleEvaluation.Done(scored),
            ModelCallResult.Failed failed => new SampleEvaluation.Done(LabelScorer.GiveUp(scored, failed)),
            _ => Interrupted(notScored, UnansweredCall.PaidInVain(scored, notScored) ?? scored),
        };
    }

    private SampleEvaluation Unanswered(EvaluatedSample empty, ModelCallResult result) =>
        result is ModelCallResult.Failed failed
            ? new SampleEvaluation.Done(SampleRows.Failed(empty, failed))
            : Interrupted(result, UnansweredCall.PaidInVain(empty, result));

    private SampleEvaluation.Interrupted Interrupted(ModelCallResult result, EvaluatedSample? paid) =>
        new SampleEvaluation.Interrupted(UnansweredCall.ReportOf(result, _plan.Manifest.IsAutomatic), paid);
}
