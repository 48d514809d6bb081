using System.Runtime.CompilerServices;
using Azure.Core;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>Azure Resource Manager, called with the app's identity.</summary>
/// <param name="root">Its address, which differs by cloud.</param>
/// <param name="http">Sends the requests.</param>
/// <param name="identity">Gives the credential of the app's identity.</param>
internal sealed class ResourceManager(Uri root, FineTuningHttp http, Func<TokenCredential> identity)
{
    /// <summary>An endpoint that lists more pages never ends.</summary>
    private const int MaxPages = 100;

    private string Root => root.AbsoluteUri.TrimEnd('/');

    /// <summary>The address of a resource.</summary>
    /// <param name="id">Its id, which begins with a slash.</param>
    /// <param name="apiVersion">The version of the resource's API.</param>
    public Uri RouteFor(string id, string apiVersion) => new($"{Root}{id}?api-version={apiVersion}");

    /// <summary>The entries of a list, page by page.</summary>
    /// <param name="first">The first page.</param>
    /// <param name="what">What is listed, in the plural, for messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FineTuningApiException">The list is missing, refused, or could not be reached.</exception>
    public async IAsyncEnumerable<T> ListAsync<T>(Uri first, string what, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var next = first;
        for (var pages = 0; next is not null && pages < MaxPages; pages++)
        {
            var page =
                await http.GetAsync<Page<T>>(next, what, AuthorizeAsync, cancellationToken)
                ?? throw new FineTuningApiException(
                    "The account does not exist (404). Check FineTuning__ResourceId, or the model's ResourceId.",
                    isTransient: false
                );
            foreach (var entry in (page.Value ?? []).OfType<T>())
            {
                yield return entry;
            }

            // The next page is requested only from the first page's host, because the request carries the identity's token.
            next =
                page.NextLink is { } link
                && Uri.TryCreate(link, UriKind.Absolute, out var uri)
                && uri.GetLeftPart(UriPartial.Authority) == root.GetLeftPart(UriPartial.Authority)
                    ? uri
                    : null;
        }
    }

    /// <summary>Gives a request the identity's token.</summary>
    public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await identity().GetTokenAsync(new TokenRequestContext([$"{Root}/.default"]), cancellationToken);
        request.Headers.Authorization = new("Bearer", token.Token);
    }

    private sealed record Page<T>(IReadOnlyList<T?>? Value, string? NextLink);
}
