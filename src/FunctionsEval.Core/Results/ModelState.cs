namespace FunctionsEval.Core.Results;

/// <summary>The configured models: <c>GET /api/models</c>.</summary>
/// <param name="Models">The models, in the order of the configuration.</param>
public sealed record ModelPage(IReadOnlyList<ModelState> Models);

/// <summary>A configured model, what is deployed behind it, and when that retires.</summary>
public sealed record ModelState
{
    /// <summary>The name by which specs refer to it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose protocol its endpoint speaks, for example <c>AzureOpenAI</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The endpoint's host.</summary>
    public required string Host { get; init; }

    /// <summary>Its deployment, or its id at the endpoint; with a <c>*</c> for a template.</summary>
    public required string Deployment { get; init; }

    /// <summary>The model that is deployed; null where that is not known.</summary>
    public string? Model { get; init; }

    /// <summary>The version of that model; null where that is not known.</summary>
    public string? Version { get; init; }

    /// <summary>The deployment's SKU, for example <c>GlobalStandard</c>; null where that is not known.</summary>
    public string? Sku { get; init; }

    /// <summary>When the endpoint stops serving it; null where that is not known.</summary>
    public DateTimeOffset? Retires { get; init; }

    /// <summary>Whether that date is <c>Planned</c> or <c>Tentative</c>, in Azure's words; null where Azure does not say.</summary>
    public string? RetirementStatus { get; init; }

    /// <summary>Why it is not known when the model retires, and what to do; null where it is known.</summary>
    public string? NotKnown { get; init; }
}
