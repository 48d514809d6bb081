using Azure.Core;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>The deployments of an Azure OpenAI account, by Azure Resource Manager.</summary>
internal sealed class AccountDeployments(IOptions<FineTuningOptions> options, FineTuningHttp http, Func<TokenCredential> identity)
{
    private const string ApiVersion = "2024-10-01";

    /// <summary>An endpoint that lists more pages of deployments never ends.</summary>
    private const int MaxPages = 100;

    /// <summary>Name of the account's deployment of a fine-tuned model; null while there is none.</summary>
    /// <exception cref="FineTuningApiException">The account is missing, refuses, or could not be reached.</exception>
    public async Task<string?> FindAsync(string fineTunedModel, CancellationToken cancellationToken)
    {
        var root = options.Value.ManagementEndpoint;
        Uri? next = new($"{RootOf(root)}{options.Value.ResourceId}/deployments?api-version={ApiVersion}");
        for (var pages = 0; next is not null && pages < MaxPages; pages++)
        {
            var page =
                await http.GetAsync<DeploymentPage>(next, "deployments", AuthorizeAsync, cancellationToken)
                ?? throw new FineTuningApiException("The account does not exist (404). Check FineTuning__ResourceId.", isTransient: false);
            var deployment = (page.Value ?? [])
                .OfType<Deployment>()
                .FirstOrDefault(entry =>
                    string.Equals(entry.Properties?.Model?.Name, fineTunedModel, StringComparison.OrdinalIgnoreCase)
                    && entry.Properties!.ProvisioningState == "Succeeded"
                );
            if (deployment is not null)
            {
                return deployment.Name;
            }

            // The next page is requested only from the first page's host, because the request carries the identity's token.
            next =
                page.NextLink is { } link
                && Uri.TryCreate(link, UriKind.Absolute, out var uri)
                && uri.GetLeftPart(UriPartial.Authority) == root.GetLeftPart(UriPartial.Authority)
                    ? uri
                    : null;
        }

        return null;
    }

    private async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var scope = $"{RootOf(options.Value.ManagementEndpoint)}/.default";
        var token = await identity().GetTokenAsync(new TokenRequestContext([scope]), cancellationToken);
        request.Headers.Authorization = new("Bearer", token.Token);
    }

    private static string RootOf(Uri endpoint) => endpoint.AbsoluteUri.TrimEnd('/');

    private sealed record DeploymentPage(IReadOnlyList<Deployment?>? Value, string? NextLink);

    private sealed record Deployment(string Name, DeploymentProperties? Properties);

    private sealed record DeploymentProperties(DeploymentModel? Model, string? ProvisioningState);

    private sealed record DeploymentModel(string? Name);
}
