using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>A configured model with everything its calls share in this process.</summary>
internal sealed class ConfiguredModel
{
    /// <summary>Creates the model's shared state; nothing is sent yet.</summary>
    /// <param name="options">The model's settings.</param>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maxPaceWait">The longest wait of one request for a quota that the endpoint tells.</param>
    public ConfiguredModel(ModelOptions options, ModelEndpoint endpoint, TimeProvider time, TimeSpan maxPaceWait)
    {
        Options = options;
        Endpoint = endpoint;
        Limiter = new ConcurrencyLimiter(options.MaxConcurrency, time);
        Tokens = options.TokensPerMinute is { } tokens ? new TokenBucket(tokens, time) : null;
        Pace = new RateLimitPace(time, maxPaceWait);
        Line = new RequestLine(options.RequestsPerMinute is { } requests ? new TokenBucket(requests, time) : null, Tokens, Limiter);
    }

    private ConfiguredModel(ConfiguredModel model, ModelOptions options, ModelHealth health, ResponseLog responses)
    {
        (Options, Health, Responses) = (options, health, responses);
        (Endpoint, Limiter, Tokens, Pace, Line) = (model.Endpoint, model.Limiter, model.Tokens, model.Pace, model.Line);
    }

    /// <summary>
    /// The same model for calls that are no part of a run. They stand in the same line and keep to the same limits; what they find out
    /// about the endpoint is not what runs go by.
    /// </summary>
    /// <param name="options">The settings by which they are sent.</param>
    /// <param name="health">Their own record of whether the endpoint serves.</param>
    /// <param name="known">The quirks that they begin with.</param>
    /// <param name="responses">Takes what responses say besides their bodies.</param>
    public ConfiguredModel Separate(ModelOptions options, ModelHealth health, Quirks known, ResponseLog responses)
    {
        var model = new ConfiguredModel(this, options, health, responses);
        model.Quirks.Add(known);
        return model;
    }

    /// <summary>The model's settings.</summary>
    public ModelOptions Options { get; }

    /// <summary>Its endpoint.</summary>
    public ModelEndpoint Endpoint { get; }

    /// <summary>Bounds its concurrent requests, all runs together.</summary>
    public ConcurrencyLimiter Limiter { get; }

    /// <summary>Where its requests wait for a slot and for its token buckets.</summary>
    public RequestLine Line { get; }

    /// <summary>Holds back requests for which its endpoint says that it has no quota.</summary>
    public RateLimitPace Pace { get; }

    /// <summary>Bounds its tokens a minute; null for no bound.</summary>
    public TokenBucket? Tokens { get; }

    /// <summary>Whether its endpoint serves.</summary>
    public ModelHealth Health { get; } = new();

    /// <summary>Takes what responses say besides their bodies; null where nobody asks.</summary>
    public ResponseLog? Responses { get; }

    /// <summary>The quirks found in its endpoint.</summary>
    public EndpointQuirks Quirks { get; } = new();
}
