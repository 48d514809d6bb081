using System.Text.Json.Serialization;
using Azure.Core;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>What Azure Resource Manager tells of an account: its deployments, and the models that it can deploy. Only reads.</summary>
/// <param name="management">Azure Resource Manager of the cloud.</param>
/// <param name="http">Sends the requests.</param>
/// <param name="identity">Gives the credential of the app's identity.</param>
internal sealed class AccountCatalog(Uri management, FineTuningHttp http, Func<TokenCredential> identity)
{
    // The first stable version whose deployments have tags and whose models have the status of their deprecation.
    private const string ApiVersion = "2025-06-01";

    private readonly ResourceManager _manager = new(management, http, identity);

    /// <summary>The account's deployments.</summary>
    /// <param name="resourceId">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FineTuningApiException">The account is missing, refuses, or could not be reached.</exception>
    public Task<IReadOnlyList<CatalogDeployment>> DeploymentsAsync(string resourceId, CancellationToken cancellationToken) =>
        ListAsync<CatalogDeployment>(resourceId, "deployments", cancellationToken);

    /// <summary>The models that the account can deploy, fine-tuned ones among them.</summary>
    /// <param name="resourceId">The account.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FineTuningApiException">The account is missing, refuses, or could not be reached.</exception>
    public Task<IReadOnlyList<CatalogModel>> ModelsAsync(string resourceId, CancellationToken cancellationToken) =>
        ListAsync<CatalogModel>(resourceId, "models", cancellationToken);

    private async Task<IReadOnlyList<T>> ListAsync<T>(string resourceId, string what, CancellationToken cancellationToken)
        where T : class =>
        await _manager
            .ListAsync<T>(_manager.RouteFor($"{resourceId}/{what}", ApiVersion), what, cancellationToken)
            .ToListAsync(cancellationToken);
}

/// <summary>A deployment of an account.</summary>
internal sealed record CatalogDeployment(string? Name, CatalogSku? Sku, CatalogDeploymentProperties? Properties);

/// <summary>What is deployed.</summary>
internal sealed record CatalogDeploymentProperties(CatalogModelName? Model);

/// <summary>A SKU.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DeprecationDate">When models are no longer served by it; null where that is not told.</param>
internal sealed record CatalogSku(string? Name, DateTimeOffset? DeprecationDate);

/// <summary>Identifies a model.</summary>
internal record CatalogModelName(string? Format, string? Name, string? Version)
{
    /// <summary>Whether both are the same model in the same version.</summary>
    public bool IsSame(CatalogModelName other) =>
        string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Version, other.Version, StringComparison.OrdinalIgnoreCase)
        && (Format is null || other.Format is null || string.Equals(Format, other.Format, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A model that an account can deploy.</summary>
internal sealed record CatalogModel(string? Format, string? Name, string? Version) : CatalogModelName(Format, Name, Version)
{
    /// <summary>The model that it was tuned from; null for a base model.</summary>
    public CatalogModelName? BaseModel { get; init; }

    /// <summary>When it retires; null where that is not told.</summary>
    public CatalogDeprecation? Deprecation { get; init; }

    /// <summary>The SKUs by which it is deployed.</summary>
    public IReadOnlyList<CatalogSku?>? Skus { get; init; }
}

/// <summary>When a model retires.</summary>
/// <param name="Inference">When it is no longer served.</param>
/// <param name="Status">Whether that is <c>Planned</c> or <c>Tentative</c>.</param>
internal sealed record CatalogDeprecation(DateTimeOffset? Inference, [property: JsonPropertyName("deprecationStatus")] string? Status);
