using System.ClientModel.Primitives;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>How many requests were sent, and what the endpoint's headers said about limits. For calls one after the other.</summary>
internal sealed class ResponseLog
{
    private const int MaxHeaders = 16;
    private const int MaxLength = 64;

    private readonly SortedDictionary<string, string> _limits = new(StringComparer.Ordinal);

    /// <summary>Requests sent.</summary>
    public int Requests { get; private set; }

    /// <summary>
    /// The headers about limits and waits, the latest value of each: <c>x-ratelimit-*</c>, <c>retry-after</c> and <c>retry-after-ms</c>. At
    /// most 16, of printable ASCII and at most 64 characters each.
    /// </summary>
    public IReadOnlyDictionary<string, string> LimitHeaders => _limits;

    /// <summary>Records that a request is sent.</summary>
    public void Send() => Requests++;

    /// <summary>Records a response.</summary>
    public void Add(PipelineResponse response)
    {
        foreach (var (name, value) in response.Headers)
        {
            var key = name.ToLowerInvariant();
            if (IsLimit(key) && IsPlain(key) && IsPlain(value) && (_limits.Count < MaxHeaders || _limits.ContainsKey(key)))
            {
                _limits[key] = value;
            }
        }
    }

    private static bool IsLimit(string name) =>
        name.StartsWith("x-ratelimit-", StringComparison.Ordinal) || name is "retry-after" or "retry-after-ms";

    private static bool IsPlain(string text) =>
        text.Length is > 0 and <= MaxLength && text.All(character => character is >= ' ' and <= '~');
}
