using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Asks one grader about answers.</summary>
internal sealed class AnswerGrader(GraderSpec spec, ModelCall call)
{
    private readonly RubricRenderer? _rubric = spec is JudgeSpec judge ? new RubricRenderer(judge.Rubric) : null;

    /// <summary>Name under which the grades are kept.</summary>
    public string Name => spec.Name;

    /// <summary>Grades an answer.</summary>
    /// <returns>The grade; or, when there is none yet, the result of the call that must be repeated or fixed.</returns>
    public async Task<(Grade? Grade, ModelCallResult? Stopped)> GradeAsync(
        Sample sample,
        string answer,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        ModelRequest request;
        try
        {
            request = Request(sample, answer);
        }
        catch (PromptException unusable)
        {
            return (NotGraded($"prompt_error: {unusable.Message}"), null);
        }

        // Embedding endpoints refuse empty texts.
        if (spec is SimilaritySpec && request.EmbeddedTexts.Any(string.IsNullOrWhiteSpace))
        {
            return (NotGraded("empty_text: There is no text to embed."), null);
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
                    OutputTokens = completion.OutputTokens,
                },
                null
            ),
            ModelCallResult.Failed failed => (NotGraded(failed), null),
            _ => (null, result),
        };
    }

    /// <summary>The grade of an answer about which the grader's call failed: what the call cost is kept.</summary>
    private static Grade NotGraded(ModelCallResult.Failed failed) =>
        NotGraded($"{failed.Reason}: {failed.Message}") with
        {
            InputTokens = failed.InputTokens,
            OutputTokens = failed.OutputTokens,
        };

    private ModelRequest Request(Sample sample, string answer) =>
        spec switch
        {
            JudgeSpec judge => new ModelRequest
            {
                Messages = [new ChatMessage("user", _rubric!.Render(sample, answer))],
                Sampling = new SamplingSpec { MaxOutputTokens = judge.MaxOutputTokens },
                Grader = judge.Name,
                Markers = JudgeReading.MarkersBeside(judge),
            },
            _ => new ModelRequest { EmbeddedTexts = [answer.Trim(), .. sample.References.Select(reference => reference.Trim())] },
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
            ? NotGraded("no_direction: An embedding is all zeros, or of another length.")
            : new Grade { Outcome = GradeOutcome.Graded, Score = nearest };
    }

    private static Grade NotGraded(string reason) => new() { Outcome = GradeOutcome.NotGraded, Reason = reason };
}
