using System.ComponentModel;
using Azure.Core;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;

namespace FunctionsEval.Functions.Tests.ModelClients.Providers;

/// <summary>What each provider says of itself. Settings, credentials and refusals through it are in the callers' tests.</summary>
public sealed class ModelProviderTests
{
    [Fact]
    public void Deployment_in_Azure_is_named_by_its_route_and_escaped()
    {
        var model = Model(ModelProviders.AzureOpenAI, "https://r.openai.azure.com/");

        Assert.Equal(
            "https://r.openai.azure.com/openai/deployments/a%2Fb/chat/completions?api-version=2024-10-21",
            model.Provider.RouteFor(model, ModelProtocols.Chat.Route).AbsoluteUri
        );
        Assert.False(model.Provider.NamesModelInBody(model));
    }

    [Theory]
    [InlineData("OpenAI")]
    [InlineData("OpenAICompatible")]
    public void Other_providers_have_routes_below_the_base_and_the_model_in_the_body(string name)
    {
        var model = Model(ModelProviders.All.Single(provider => provider.Name == name), "https://s/v1/");

        Assert.Equal("https://s/v1/embeddings", model.Provider.RouteFor(model, ModelProtocols.Embeddings.Route).AbsoluteUri);
        Assert.True(model.Provider.NamesModelInBody(model));
    }

    [Fact]
    public void Addresses_of_an_account_have_the_version_where_the_provider_has_versions()
    {
        var endpoint = new Uri("https://s/base/");

        Assert.Equal(
            "https://s/base/openai/fine_tuning/jobs?api-version=v&limit=1",
            ModelProviders.AzureOpenAI.AccountRoute(endpoint, "v", "fine_tuning/jobs", "limit=1").AbsoluteUri
        );
        Assert.Equal(
            "https://s/base/openai/files/f?api-version=v",
            ModelProviders.AzureOpenAI.AccountRoute(endpoint, "v", "files/f").AbsoluteUri
        );
        Assert.Equal(
            "https://s/base/fine_tuning/jobs?limit=1",
            ModelProviders.OpenAI.AccountRoute(endpoint, "v", "fine_tuning/jobs", "limit=1").AbsoluteUri
        );
        Assert.Equal("https://s/base/files/f", ModelProviders.OpenAI.AccountRoute(endpoint, "v", "files/f").AbsoluteUri);
    }

    [Fact]
    public async Task Key_is_sent_in_the_header_that_the_provider_reads_and_the_identity_only_where_it_takes_one()
    {
        using var azure = await AuthorizedAsync(ModelProviders.AzureOpenAI, "k");
        using var identity = await AuthorizedAsync(ModelProviders.AzureOpenAI, null);
        using var named = await AuthorizedAsync(ModelProviders.OpenAICompatible, null, "https://cognitiveservices.azure.com/.default");
        using var openAI = await AuthorizedAsync(ModelProviders.OpenAI, "k");
        using var open = await AuthorizedAsync(ModelProviders.OpenAICompatible, null);

        Assert.Equal("k", Assert.Single(azure.Headers.GetValues("api-key")));
        Assert.Null(azure.Headers.Authorization);
        Assert.Equal("Bearer token", identity.Headers.Authorization!.ToString());
        Assert.Equal("Bearer token", named.Headers.Authorization!.ToString());
        Assert.Equal("Bearer k", openAI.Headers.Authorization!.ToString());
        Assert.Empty(open.Headers);
    }

    [Theory]
    [InlineData("azureopenai", "AzureOpenAI")]
    [InlineData(" OpenAI ", "OpenAI")]
    [InlineData("OPENAICOMPATIBLE", "OpenAICompatible")]
    public void Setting_is_read_without_regard_to_case(string setting, string name) =>
        Assert.Equal(name, TypeDescriptor.GetConverter(typeof(ModelProvider)).ConvertFromInvariantString(setting)!.ToString());

    [Fact]
    public void Unknown_provider_is_refused_with_those_there_are()
    {
        var refusal = Assert.Throws<FormatException>(() =>
            TypeDescriptor.GetConverter(typeof(ModelProvider)).ConvertFromInvariantString("SECRET")
        );

        Assert.Equal("Write one of AzureOpenAI, OpenAI, OpenAICompatible.", refusal.Message);
    }

    private static async Task<HttpRequestMessage> AuthorizedAsync(ModelProvider provider, string? key, string? scope = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "https://s");
        await provider.AuthorizeAsync(request, key, scope, () => new Identity(), TestContext.Current.CancellationToken);
        return request;
    }

    private static ModelOptions Model(ModelProvider provider, string endpoint) =>
        new()
        {
            Name = "m",
            Section = "0",
            Provider = provider,
            Endpoint = new Uri(endpoint),
            Deployment = "a/b",
        };

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://cognitiveservices.azure.com/.default"], requestContext.Scopes);
            return new AccessToken("token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
