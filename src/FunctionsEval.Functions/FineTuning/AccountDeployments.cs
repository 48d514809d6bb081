using System.Text.Json;
using Azure.Core;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>The deployments of an Azure OpenAI account, by Azure Resource Manager.</summary>
internal sealed class AccountDeployments(IOptions<FineTuningOptions> options, FineTuningHttp http, Func<TokenCredential> identity)
{
    /// <summary>The first stable version in which a deployment has tags. Its SKU is a free text.</summary>
    private const string ApiVersion = "2024-10-01";

    private const string What = "deployments";

    private readonly ResourceManager _manager = new(options.Value.ManagementEndpoint, http, identity);

    /// <summary>
    /// Name of the account's deployment of a fine-tuned model; null while there is none. A deployment that an app like this one made for
    /// its own runs does not count, because that app removes it.
    /// </summary>
    /// <exception cref="FineTuningApiException">The account is missing, refuses, or could not be reached.</exception>
    public async Task<string?> FindByModelAsync(string fineTunedModel, CancellationToken cancellationToken)
    {
        await foreach (var deployment in ListAsync(cancellationToken))
        {
            if (
                string.Equals(deployment.Model, fineTunedModel, StringComparison.OrdinalIgnoreCase)
                && deployment.State == DeploymentState.Succeeded
                && !DeploymentTags.AreThere(deployment)
            )
            {
                return deployment.Name;
            }
        }

        return null;
    }

    /// <summary>All deployments of the account.</summary>
    /// <exception cref="FineTuningApiException">The account is missing, refuses, or could not be reached.</exception>
    public IAsyncEnumerable<AccountDeployment> ListAsync(CancellationToken cancellationToken) =>
        _manager.ListAsync<DeploymentEntry>(RouteFor(""), What, cancellationToken).Select(entry => entry.Read());

    /// <summary>A deployment; null where there is none.</summary>
    /// <exception cref="FineTuningApiException">The account refuses, or could not be reached.</exception>
    public async Task<AccountDeployment?> FindAsync(string name, CancellationToken cancellationToken) =>
        (
            await http.GetAsync<DeploymentEntry>(
                RouteFor("/" + Uri.EscapeDataString(name)),
                What,
                _manager.AuthorizeAsync,
                cancellationToken
            )
        )?.Read();

    /// <summary>Creates a deployment. One that is there is changed to this, so a caller looks first.</summary>
    /// <returns>The refusal; null for a creation that has begun.</returns>
    /// <exception cref="FineTuningApiException">The account could not be reached.</exception>
    public async Task<DeploymentRefusal?> CreateAsync(AccountDeployment deployment, CancellationToken cancellationToken)
    {
        var body = new
        {
            sku = new { name = options.Value.DeploySku, capacity = options.Value.DeployCapacity },
            tags = deployment.Tags,
            properties = new
            {
                model = new
                {
                    format = "OpenAI",
                    name = deployment.Model,
                    version = "1",
                },
            },
        };
        return await ChangeAsync(HttpMethod.Put, deployment.Name, body, cancellationToken);
    }

    /// <summary>Begins to delete a deployment; one that is not there is deleted.</summary>
    /// <returns>The refusal; null for a deletion that has begun.</returns>
    /// <exception cref="FineTuningApiException">The account could not be reached.</exception>
    public async Task<DeploymentRefusal?> DeleteAsync(string name, CancellationToken cancellationToken) =>
        await ChangeAsync(HttpMethod.Delete, name, body: null, cancellationToken) is { IsMissing: false } refusal ? refusal : null;

    private async Task<DeploymentRefusal?> ChangeAsync(HttpMethod method, string name, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, RouteFor("/" + Uri.EscapeDataString(name)));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body))
            {
                Headers = { ContentType = new("application/json") },
            };
        }

        var (status, reply) = await http.SendAsync(request, "a change of a deployment", _manager.AuthorizeAsync, cancellationToken);
        return status is >= 200 and < 300 ? null : DeploymentRefusal.Read(status, reply.Span);
    }

    private Uri RouteFor(string path) => _manager.RouteFor($"{options.Value.ResourceId}/deployments{path}", ApiVersion);

    private sealed record DeploymentEntry(string? Name, IReadOnlyDictionary<string, string?>? Tags, DeploymentProperties? Properties)
    {
        public AccountDeployment Read() =>
            new(Name ?? "", Properties?.Model?.Name ?? "", Tags ?? new Dictionary<string, string?>())
            {
                State = Properties?.ProvisioningState switch
                {
                    "Succeeded" => DeploymentState.Succeeded,
                    "Failed" or "Canceled" or "Disabled" => DeploymentState.Failed,
                    "Deleting" => DeploymentState.Deleting,
                    _ => DeploymentState.UnderWay,
                },
            };
    }

    private sealed record DeploymentProperties(DeploymentModel? Model, string? ProvisioningState);

    private sealed record DeploymentModel(string? Name);
}
