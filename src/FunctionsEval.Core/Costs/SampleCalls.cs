using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Costs;

/// <summary>Tokens of calls to one model.</summary>
/// <param name="Calls">How many calls.</param>
/// <param name="Input">Tokens of prompts, with the margin of <see cref="PromptTokens.WithMargin"/>.</param>
/// <param name="MaxOutput">Tokens that the answers have at most.</param>
/// <param name="LikelyOutput">Tokens that the answers have when they are as long as the references.</param>
public readonly record struct CallTokens(long Calls, long Input, long MaxOutput, long LikelyOutput)
{
    /// <summary>The tokens of both.</summary>
    public static CallTokens operator +(CallTokens left, CallTokens right) =>
        new(left.Calls + right.Calls, left.Input + right.Input, left.MaxOutput + right.MaxOutput, left.LikelyOutput + right.LikelyOutput);

    /// <inheritdoc cref="op_Addition"/>
    public static CallTokens Add(CallTokens left, CallTokens right) => left + right;
}

/// <summary>Tokens of the calls about a sample.</summary>
/// <param name="Model">Those of the model that answers.</param>
/// <param name="Graders">Those of the models that grade the answer, by the grader's name.</param>
public sealed record SampleTokens(CallTokens Model, IReadOnlyDictionary<string, CallTokens> Graders);

/// <summary>
/// What a run asks about a sample, in tokens: the same questions, labels and grades as the app's requests. It holds no price and makes no
/// call.
/// </summary>
public sealed class SampleCalls
{
    private readonly EvaluationSpec _spec;
    private readonly PromptRenderer _prompts;
    private readonly PromptTokens _tokens;
    private readonly GraderTokens _graders;
    private readonly AnswerParser _parser;
    private readonly RowMeasurer _measurer;
    private readonly bool _scoresLabels;

    /// <summary>Creates the calls of a run.</summary>
    /// <param name="spec">Its spec.</param>
    /// <param name="examples">The examples in its prompts; null for none.</param>
    /// <param name="tokens">Counts.</param>
    /// <exception cref="OptionException">A metric or one of its options does not exist.</exception>
    public SampleCalls(EvaluationSpec spec, IReadOnlyList<ChatMessage>? examples, PromptTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        _prompts = new PromptRenderer(spec.Prompt, examples);
        _tokens = tokens;
        _graders = new GraderTokens(tokens);
        _parser = spec.CreateParser();
        _measurer = new RowMeasurer(spec);
        _scoresLabels =
            spec.LabelProbabilities == LabelProbabilityMethod.Exact
            && _measurer.Metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LabelProbabilities));
    }

    /// <summary>What the model is asked about a sample, the same for candidate and baseline.</summary>
    /// <param name="sample">The sample.</param>
    /// <exception cref="PromptException">The sample does not fit the prompt: it is malformed, and nothing is called.</exception>
    public IReadOnlyList<ModelQuestion> QuestionsFor(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return _spec.Task.Ask(sample, _prompts);
    }

    /// <summary>The models that grade the answers of a role.</summary>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    public IReadOnlyList<ModelGraderSpec> GradersOf(string role) => [.. _measurer.GradersOf(role).OfType<ModelGraderSpec>()];

    /// <summary>Tokens of the calls about a sample for a role.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <exception cref="PromptException">The sample does not fit the prompt: it is malformed, and nothing is called.</exception>
    public SampleTokens TokensOf(Sample sample, string role)
    {
        var questions = QuestionsFor(sample);
        var likely = LikelyAnswer(sample);
        var model = questions.Select(question => TokensOf(question, likely)).Concat(LabelsOf(questions)).Aggregate(CallTokens.Add);
        var graders = GradersOf(role)
            .ToDictionary(
                grader => grader.Name,
                grader =>
                {
                    var (input, output) = _graders.MaxOf(grader, sample, _spec.Sampling.MaxOutputTokens);
                    return new CallTokens(1, input, output, output);
                },
                StringComparer.Ordinal
            );
        return new SampleTokens(model, graders);
    }

    private IEnumerable<CallTokens> LabelsOf(IReadOnlyList<ModelQuestion> questions)
    {
        if (!_scoresLabels)
        {
            return [];
        }

        var prompt = string.Join("\n\n", questions[0].Messages.Select(message => message.Content));
        return _spec
            .Labels.Select(label => new ModelQuestion { ScoredText = prompt + _parser.WriteLabel(label) })
            .Select(scored => TokensOf(scored, 1));
    }

    private CallTokens TokensOf(ModelQuestion question, long likely)
    {
        var input =
            _tokens.Count(question.Messages)
            + PromptTokens.TextsOf(question.Tools, _spec.ResponseFormat).Sum(_tokens.Count)
            + (question.ScoredText is { } scored ? _tokens.Count(scored) : 0);
        return question.ScoredText is null
            ? new CallTokens(1, PromptTokens.WithMargin(input), _spec.Sampling.MaxOutputTokens, likely)
            : new CallTokens(1, PromptTokens.WithMargin(input), 1, 1);
    }

    /// <summary>Tokens of an answer as long as the first reference; without one, of the longest answer.</summary>
    private long LikelyAnswer(Sample sample) =>
        Math.Min(
            _spec.Sampling.MaxOutputTokens,
            sample.References.Count > 0 ? Math.Max(1, _tokens.Count(sample.References[0])) : long.MaxValue
        );
}
