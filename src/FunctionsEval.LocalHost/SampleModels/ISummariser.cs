namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>An extractive summariser: it chooses sentences of the article and never writes its own.</summary>
internal interface ISummariser
{
    /// <summary>The chosen sentences in the article's order, joined by spaces.</summary>
    /// <param name="article">The article.</param>
    /// <param name="sentences">How many sentences to choose; all of them when the article has fewer.</param>
    string Summarise(string article, int sentences);
}
