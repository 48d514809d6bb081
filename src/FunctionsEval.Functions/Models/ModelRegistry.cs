using System.Diagnostics.CodeAnalysis;

namespace FunctionsEval.Functions.Models;

/// <summary>A configured model with everything its calls share in this process.</summary>
internal sealed class ConfiguredModel
{
    /// <summary>Creates the model's shared state; nothing is sent yet.</summary>
    public ConfiguredModel(ModelOptions options, ModelEndpoint endpoint, TimeProvider time)
    {
        Options = options;
        Endpoint = endpoint;
        Limiter = new ConcurrencyLimiter(options.MaxConcurrency, time);
        Requests = options.RequestsPerMinute is { } requests ? new RateBudget(requests, time) : null;
        Tokens = options.TokensPerMinute is { } tokens ? new RateBudget(tokens, time) : null;
    }

    /// <summary>The model's settings.</summary>
    public ModelOptions Options { get; }

    /// <summary>Its endpoint.</summary>
    public ModelEndpoint Endpoint { get; }

    /// <summary>Bounds its concurrent requests, all runs together.</summary>
    public ConcurrencyLimiter Limiter { get; }

    /// <summary>Bounds its requests a minute; null for no bound.</summary>
    public RateBudget? Requests { get; }

    /// <summary>Bounds its tokens a minute; null for no bound.</summary>
    public RateBudget? Tokens { get; }

    /// <summary>What its endpoint has been found to refuse.</summary>
    public LearnedParameters Learned { get; } = new();
}

/// <summary>All configured models by name.</summary>
internal sealed class ModelRegistry
{
    private readonly Dictionary<string, ConfiguredModel> _models = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates a registry.</summary>
    /// <exception cref="ArgumentException">Two models have the same name.</exception>
    public ModelRegistry(IEnumerable<ConfiguredModel> models)
    {
        foreach (ConfiguredModel model in models)
            _models.Add(model.Options.Name, model);
    }

    /// <summary>The configured names, in the order of the configuration.</summary>
    public IReadOnlyCollection<string> Names => _models.Keys;

    /// <summary>Finds a model by name, without regard to case.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ConfiguredModel? model) => _models.TryGetValue(name, out model);
}
