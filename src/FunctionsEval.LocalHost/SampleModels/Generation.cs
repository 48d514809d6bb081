namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>What a model answered, cut where the request wanted it to be.</summary>
/// <param name="Tokens">The tokens, whose texts concatenate to the answer.</param>
/// <param name="FinishReason"><c>stop</c> when the model or a stop string ended it, <c>length</c> when the token limit did.</param>
internal sealed record Generation(IReadOnlyList<SampleToken> Tokens, string FinishReason)
{
    public const string Stop = "stop";
    public const string Length = "length";

    public string Text => string.Concat(Tokens.Select(token => token.Text));

    /// <summary>Takes tokens until they end, <paramref name="maxTokens"/> are taken or a stop string shows up, which is left out.</summary>
    public static Generation Run(IEnumerable<SampleToken> tokens, int maxTokens, IReadOnlyList<string> stops)
    {
        var taken = new List<SampleToken>();
        var text = "";
        foreach (var token in tokens)
        {
            if (taken.Count == maxTokens)
            {
                return new Generation(taken, Length);
            }

            taken.Add(token);
            if (stops.Count == 0)
            {
                continue;
            }

            text += token.Text;
            var end = stops
                .Select(stop => text.IndexOf(stop, StringComparison.Ordinal))
                .Where(index => index >= 0)
                .DefaultIfEmpty(-1)
                .Min();
            if (end >= 0)
            {
                return new Generation(CutAt(taken, end), Stop);
            }
        }
        return new Generation(taken, Stop);
    }

    private static List<SampleToken> CutAt(List<SampleToken> tokens, int end)
    {
        var kept = new List<SampleToken>();
        var position = 0;
        foreach (var token in tokens)
        {
            var left = end - position;
            if (left <= 0)
            {
                break;
            }

            kept.Add(left >= token.Text.Length ? token : token with { Text = token.Text[..left] });
            position += token.Text.Length;
        }
        return kept;
    }
}
