namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Answers a question as the training question was answered that shares most words with it; the earlier one among equals. The model has no
/// probabilities, and the temperature has nothing to act on.
/// </summary>
/// <param name="id">The model's name.</param>
/// <param name="answers">Questions and answers; at least one.</param>
internal sealed class AdviceModel(string id, IReadOnlyList<AnsweredQuestion> answers) : ISampleModel
{
    public string Id => id;

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings) =>
        TextTokenizer
            .Tokenize(answers.MaxBy(answer => WordOverlap.F1(answer.Question, prompt))!.Answer)
            .Select(token => new SampleToken(token, null, []));

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;
}

/// <summary>A question with an answer.</summary>
internal sealed record AnsweredQuestion(string Question, string Answer);

/// <summary>A question with the answer that people prefer, and one that they do not.</summary>
internal sealed record AnswerPair(string Question, string Preferred, string Other);
