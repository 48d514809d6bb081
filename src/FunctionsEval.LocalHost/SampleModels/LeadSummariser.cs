namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Takes the first sentences of an article: the baseline that news summarisers are measured against, because
/// reporters put the news first. Source: Nenkova, “Automatic Text Summarization of Newswire” (AAAI 2005).
/// </summary>
internal sealed class LeadSummariser : ISummariser
{
    public string Summarise(string article, int sentences) => string.Join(' ', SentenceSplitter.Split(article).Take(sentences));
}
