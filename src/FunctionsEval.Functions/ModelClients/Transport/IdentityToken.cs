using System.Net.Http.Headers;
using Azure.Core;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>
/// A token of the app's identity that all requests to a model share. It is renewed before it expires, while requests go on with the one there
/// is. Requests that wait for the first one wait for the same, and share its failure.
/// </summary>
/// <param name="identity">Gives the identity's credential.</param>
/// <param name="scope">The scope of the token.</param>
/// <param name="time">The clock.</param>
internal sealed class IdentityToken(Func<TokenCredential> identity, string scope, TimeProvider time)
{
    /// <summary>How long before its end a token is renewed, where it does not say so itself.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>How long after a renewal that failed the next one begins.</summary>
    private static readonly TimeSpan NextRenewal = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Task<Token>? _renewal;
    private Token? _token;

    /// <summary>The header with a valid token.</summary>
    /// <param name="cancellationToken">Stops waiting; others may wait for the same token.</param>
    /// <exception cref="Azure.Identity.AuthenticationFailedException">The identity has no token.</exception>
    public async ValueTask<AuthenticationHeaderValue> GetAsync(CancellationToken cancellationToken)
    {
        Task<Token> renewal;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_token is { } kept && now < kept.ExpiresOn)
            {
                if (now >= kept.RenewsOn)
                {
                    _token = kept with { RenewsOn = now + NextRenewal };
                    _renewal = Task.Run(RenewAsync, CancellationToken.None);
                }

                return kept.Header;
            }

            renewal = _renewal is { IsCompleted: false } ? _renewal : _renewal = Task.Run(RenewAsync, CancellationToken.None);
        }

        return (await renewal.WaitAsync(cancellationToken)).Header;
    }

    private async Task<Token> RenewAsync()
    {
        var given = await identity().GetTokenAsync(new TokenRequestContext([scope]), CancellationToken.None);
        var token = new Token(
            new AuthenticationHeaderValue("Bearer", given.Token),
            given.RefreshOn ?? given.ExpiresOn - Margin,
            given.ExpiresOn
        );
        lock (_lock)
        {
            _token = token;
        }

        return token;
    }

    private sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset RenewsOn, DateTimeOffset ExpiresOn);
}
