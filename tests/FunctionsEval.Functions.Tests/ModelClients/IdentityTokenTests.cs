using Azure.Core;
using Azure.Identity;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>A token of the app's identity is shared by requests, and renewed before it expires.</summary>
public sealed class IdentityTokenTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Identity _identity;
    private readonly IdentityToken _token;

    public IdentityTokenTests()
    {
        _identity = new Identity(_time);
        _token = new IdentityToken(() => _identity, "scope", _time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_fetched_once_as_long_as_it_is_valid()
    {
        Assert.Equal("token-1", await ParameterAsync());
        _time.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal("token-1", await ParameterAsync());
        Assert.Equal(1, _identity.Asked);
    }

    [Fact]
    public async Task A_token_that_expires_soon_is_used_while_it_is_renewed()
    {
        await ParameterAsync();
        _time.Advance(TimeSpan.FromMinutes(56));

        Assert.Equal("token-1", await ParameterAsync());
        while (await ParameterAsync() != "token-2")
        {
            await Task.Delay(1, Cancellation);
        }

        Assert.Equal(2, _identity.Asked);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_repeated_and_costs_no_request_before_the_token_expires()
    {
        await ParameterAsync();
        _identity.Fails = true;
        _time.Advance(TimeSpan.FromMinutes(56));
        Assert.Equal("token-1", await ParameterAsync());
        while (_identity.Asked < 2)
        {
            await Task.Delay(1, Cancellation);
        }

        Assert.Equal("token-1", await ParameterAsync());
        Assert.Equal(2, _identity.Asked);
        _time.Advance(TimeSpan.FromMinutes(5));
        await Assert.ThrowsAsync<AuthenticationFailedException>(ParameterAsync);

        _identity.Fails = false;
        Assert.StartsWith("token-", await ParameterAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_wait_for_the_first_token_share_it_and_one_that_gives_up_leaves_it_to_the_others()
    {
        _identity.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var impatient = new CancellationTokenSource();
        var first = _token.GetAsync(impatient.Token).AsTask();
        var second = ParameterAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        _identity.Gate.SetResult();
        Assert.Equal("token-1", await second);
        Assert.Equal(1, _identity.Asked);
    }

    private async Task<string?> ParameterAsync() => (await _token.GetAsync(Cancellation)).Parameter;

    private sealed class Identity(TimeProvider time) : TokenCredential
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public bool Fails { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext,
            CancellationToken cancellationToken
        )
        {
            var asked = Interlocked.Increment(ref _asked);
            if (Gate is { } gate)
            {
                await gate.Task;
            }

            return Fails
                ? throw new AuthenticationFailedException("no")
                : new AccessToken($"token-{asked}", time.GetUtcNow() + TimeSpan.FromHours(1));
        }
    }
}
