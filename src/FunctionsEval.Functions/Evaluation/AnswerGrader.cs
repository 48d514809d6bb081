using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Asks one model about answers.</summary>
internal sealed class AnswerGrader(ModelGraderSpec spec, ModelCall call)
{
    private readonly RubricRenderer? _rubric = spec is RubricSpec judge ? new RubricRenderer(judge.Rubric) : null;
    private readonly PairRenderer? _pairs = spec is PairwiseSpec pair ? new PairRenderer(pair.Rubric) : null;

    /// <summary>Grades an answer.</summary>
    /// <returns>The grade; or, when there is none yet, the result of the call that must be repeated or fixed.</returns>
    public Task<(Grade? Grade, ModelCallResult? Stopped)> GradeAsync(
        GradedAnswer answer,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    ) => AskAsync(() => Request(answer), sendNoMore, cancellationToken);

    /// <summary>Compares an answer with another one.</summary>
    /// <returns>As <see cref="GradeAsync"/>.</returns>
    public async Task<(Grade? Grade, ModelCallResult? Stopped)> CompareAsync(
        GradedAnswer answer,
        string other,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var (grade, stopped) = await AskAsync(() => Request(answer, other), sendNoMore, cancellationToken);
        return (grade is null ? null : grade with { Lengths = PairwiseSpec.LengthsOf(answer.Text, other) }, stopped);
    }

    private async Task<(Grade? Grade, ModelCallResult? Stopped)> AskAsync(
        Func<ModelRequest> create,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        ModelRequest request;
        try
        {
            request = create();
        }
        catch (MissingVariableException missing)
        {
            return (TextGrading.WithoutVariable(missing, spec is JudgeSpec judge ? judge.Lowest : 0), null);
        }
        catch (PromptException unusable)
        {
            return (TextGrading.NotGraded($"prompt_error: {unusable.Message}"), null);
        }

        // Embedding endpoints refuse empty texts.
        if (spec.Embeds && request.EmbeddedTexts.Any(string.IsNullOrWhiteSpace))
        {
            return (TextGrading.NotGraded("empty_text: There is no text to embed."), null);
        }

        var result = await call(spec.Model, request, sendNoMore, cancellationToken);
        return result switch
        {
            ModelCallResult.Answered { Completion: var completion } => (
                Read(completion) with
                {
                    Reasoning = completion.Reasoning,
                    LeftOut = completion.LeftOut.Count > 0 ? completion.LeftOut : null,
                    Model = completion.Model,
                    InputTokens = completion.InputTokens,
                    CachedInputTokens = completion.CachedInputTokens,
                    OutputTokens = completion.OutputTokens,
                },
                null
            ),
            ModelCallResult.Failed failed => (NotGraded(failed), null),
            _ => (null, result),
        };
    }

    /// <summary>The grade of an answer about which a grader's call failed: what the call cost is kept.</summary>
    public static Grade NotGraded(ModelCallResult.Failed failed) =>
        TextGrading.NotGraded($"{failed.Reason}: {failed.Message}") with
        {
            InputTokens = failed.InputTokens,
            CachedInputTokens = failed.CachedInputTokens,
            OutputTokens = failed.OutputTokens,
        };

    private ModelRequest Request(GradedAnswer answer) =>
        spec switch
        {
            RubricSpec judge => Request(judge, [new ChatMessage("user", _rubric!.Render(answer.Sample, answer.Text))]),
            TurnsSpec judge => Sampled(Request(judge, judge.Render(answer)), judge),
            SimilaritySpec { Texts: { } texts } => new ModelRequest
            {
                EmbeddedTexts = [texts.Input.Render(answer).Trim(), texts.Reference.Render(answer).Trim()],
            },
            _ => new ModelRequest
            {
                EmbeddedTexts = [answer.Text.Trim(), .. answer.Sample.References.Select(reference => reference.Trim())],
            },
        };

    private ModelRequest Request(GradedAnswer answer, string other)
    {
        var pair = (PairwiseSpec)spec;
        var (first, second) = pair.InOrder(answer.Text, other);
        return Request(pair, [new ChatMessage("user", _pairs!.Render(answer.Sample, first, second))]);
    }

    private static ModelRequest Sampled(ModelRequest request, TurnsSpec judge) =>
        request with
        {
            Sampling = request.Sampling with { Temperature = judge.Temperature, TopP = judge.TopP, Seed = judge.Seed },
        };

    private static ModelRequest Request(JudgeSpec judge, IReadOnlyList<ChatMessage> messages) =>
        new()
        {
            Messages = messages,
            Sampling = new SamplingSpec { MaxOutputTokens = judge.MaxOutputTokens },
            Grader = judge is PairwiseSpec pair ? pair.Metric : judge.Name,
            Markers = JudgeReading.MarkersBeside(judge),
        };

    private Grade Read(Completion completion)
    {
        if (spec is JudgeSpec judge)
        {
            var grade = JudgeReading.Read(judge, completion.Text);
            return completion.InsteadOfText is { } reason && grade.Outcome == GradeOutcome.Unparsable
                ? grade with
                {
                    Reason = reason,
                }
                : grade;
        }

        var vectors = completion.Embeddings!;
        var nearest = vectors.Skip(1).Max(reference => CosineSimilarity.Between(vectors[0], reference));
        return nearest is null
            ? TextGrading.NotGraded("no_direction: An embedding is all zeros, or of another length.")
            : new Grade { Outcome = GradeOutcome.Graded, Score = nearest };
    }
}
