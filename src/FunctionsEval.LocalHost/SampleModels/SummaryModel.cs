namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Serves a summariser. The article is the longest paragraph of the prompt, paragraphs being separated by blank
/// lines, so that an instruction above or below it is not summarised. The model has no probabilities, and the
/// temperature has nothing to act on.
/// </summary>
internal sealed class SummaryModel : ISampleModel
{
    private const int MaxSentences = 4;
    private readonly ISummariser _summariser;

    private SummaryModel(string id, ISummariser summariser, int sentences)
    {
        Id = id;
        _summariser = summariser;
        Sentences = sentences;
    }

    public string Id { get; }

    /// <summary>How many sentences a summary has.</summary>
    public int Sentences { get; }

    /// <summary>
    /// Chooses the summariser and the number of sentences (1 to 4) whose summaries of the training articles share
    /// most words with the editor's; the earlier and shorter one among equals.
    /// </summary>
    public static SummaryModel Train(string id, IReadOnlyList<ISummariser> candidates, IReadOnlyList<SummarisedArticle> rows)
    {
        var best = (from summariser in candidates from sentences in Enumerable.Range(1, MaxSentences) select (summariser, sentences)).MaxBy(
            choice => rows.Sum(row => WordOverlap.F1(row.Summary, choice.summariser.Summarise(row.Article, choice.sentences)))
        );
        return new SummaryModel(id, best.summariser, best.sentences);
    }

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings) =>
        TextTokenizer.Tokenize(_summariser.Summarise(Article(prompt), Sentences)).Select(token => new SampleToken(token, null, []));

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;

    /// <summary>The longest paragraph, the first one among equals, on one line.</summary>
    public static string Article(string prompt) =>
        string.Join(
            ' ',
            Paragraphs(prompt)
                .MaxBy(paragraph => paragraph.Length)!
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        );

    private static string[] Paragraphs(string prompt) => prompt.ReplaceLineEndings("\n").Split("\n\n");
}

/// <summary>An article and the summary an editor wrote of it.</summary>
internal sealed record SummarisedArticle(string Article, string Summary);
