using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Addresses as Azure's portals show them, as the setting Endpoint, and what is sent to.</summary>
public sealed class EndpointAddressTests
{
    private const string Dated = "/openai/deployments/d/chat/completions?api-version=2024-10-21";

    [Theory]
    [InlineData("https://n.openai.azure.com", Dated)]
    [InlineData("https://n.openai.azure.com/", Dated)]
    [InlineData("https://n.openai.azure.com/openai", Dated)]
    [InlineData("https://n.openai.azure.com/openai/", Dated)]
    [InlineData("HTTPS://N.OPENAI.AZURE.COM/OpenAI/", Dated)]
    [InlineData("https://n.openai.azure.com:443/", Dated)]
    [InlineData("https://n.cognitiveservices.azure.com/", Dated)]
    [InlineData("https://n.services.ai.azure.com/", Dated)]
    [InlineData("https://westeurope.api.cognitive.microsoft.com/", Dated)]
    [InlineData("https://n.openai.azure.us/", Dated)]
    [InlineData("https://n.openai.azure.cn/", Dated)]
    [InlineData("https://gateway.example/base/", "/base" + Dated)]
    [InlineData("https://gateway.example/openai/openai/deployments/d", "/openai" + Dated)]
    [InlineData("https://n.openai.azure.com/openai/v1", "/openai/v1/chat/completions")]
    [InlineData("https://n.openai.azure.com/openai/v1/", "/openai/v1/chat/completions")]
    [InlineData("https://n.openai.azure.com//openai//v1//", "/openai/v1/chat/completions")]
    [InlineData("https://n.openai.azure.com/OPENAI/V1/", "/openai/v1/chat/completions")]
    [InlineData("https://n.services.ai.azure.com/openai/v1/", "/openai/v1/chat/completions")]
    [InlineData("https://n.cognitiveservices.azure.com/openai/v1", "/openai/v1/chat/completions")]
    [InlineData("https://n.services.ai.azure.com/models", "/openai/v1/chat/completions")]
    [InlineData("https://n.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview", "/openai/v1/chat/completions")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p", "/api/projects/p/openai/v1/chat/completions")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p/", "/api/projects/p/openai/v1/chat/completions")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p/openai", "/api/projects/p/openai/v1/chat/completions")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p/openai/v1/", "/api/projects/p/openai/v1/chat/completions")]
    [InlineData(
        "https://n.openai.azure.com/openai/v1/chat/completions?api-version=preview",
        "/openai/v1/chat/completions?api-version=preview"
    )]
    [InlineData("https://n.openai.azure.com/openai/v1/chat/completions?api-version=v1", "/openai/v1/chat/completions")]
    [InlineData(
        "https://n.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01-preview",
        "/openai/deployments/d/chat/completions?api-version=2025-01-01-preview"
    )]
    [InlineData(
        "https://n.openai.azure.com/openai/deployments/D/completions?API-VERSION=2024-02-01",
        "/openai/deployments/d/completions?api-version=2024-02-01"
    )]
    [InlineData("https://n.openai.azure.com/openai/deployments/", Dated)]
    [InlineData("https://n.privatelink.openai.azure.com/", Dated)]
    [InlineData("https://n.openai.azure.com/%6Fpenai/", Dated)]
    [InlineData("https://gateway.example:8443/openai", Dated)]
    [InlineData("https://[2001:db8::1]/openai/v1/", "/openai/v1/chat/completions")]
    [InlineData("http://[::1]:8080/openai/v1", "/openai/v1/chat/completions")]
    [InlineData("https://gateway.example/embeddings", "/embeddings" + Dated)]
    [InlineData("https://n.openai.azure.com/openai/v1/responses", "/openai/v1/responses")]
    [InlineData(
        "https://n.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
        "/openai/responses?api-version=2025-04-01-preview"
    )]
    [InlineData("https://n.services.ai.azure.com/api/projects/p/openai/v1/responses/", "/api/projects/p/openai/v1/responses")]
    public void Address_of_a_portal_is_taken_and_its_route_follows_from_it(string endpoint, string sent)
    {
        var model = Read(("Endpoint", endpoint), ("Deployment", "d"));

        Assert.Equal(sent, model.Provider.RouteFor(model, model.Api.Route).PathAndQuery);
        Assert.Equal(!sent.Contains("/deployments/", StringComparison.Ordinal), model.Provider.NamesModelInBody(model));
    }

    [Theory]
    [InlineData("https://n.openai.azure.com", "v1", "/openai/v1/chat/completions")]
    [InlineData("https://n.openai.azure.com/", "preview", "/openai/v1/chat/completions?api-version=preview")]
    [InlineData("https://n.openai.azure.com/openai", "V1", "/openai/v1/chat/completions")]
    [InlineData("https://n.openai.azure.com/openai/v1", "preview", "/openai/v1/chat/completions?api-version=preview")]
    [InlineData(
        "https://n.openai.azure.com",
        "2025-03-01-preview",
        "/openai/deployments/d/chat/completions?api-version=2025-03-01-preview"
    )]
    [InlineData("https://n.services.ai.azure.com/models", "v1", "/openai/v1/chat/completions")]
    public void Version_of_the_settings_chooses_the_route_of_a_resource(string endpoint, string version, string sent)
    {
        var model = Read(("Endpoint", endpoint), ("Deployment", "d"), ("ApiVersion", version));

        Assert.Equal(sent, model.Provider.RouteFor(model, model.Api.Route).PathAndQuery);
    }

    [Fact]
    public void Target_address_gives_deployment_version_and_api_where_the_settings_do_not()
    {
        var model = Read(("Endpoint", "https://n.openai.azure.com/openai/deployments/emb-1/embeddings?api-version=2024-06-01"));

        Assert.Equal(
            (new Uri("https://n.openai.azure.com"), "emb-1", "2024-06-01", ModelProtocols.Embeddings),
            (model.Endpoint, model.Deployment, model.ApiVersion, model.Api)
        );
    }

    [Theory]
    [InlineData("https://n.openai.azure.com/openai/deployments/other/chat/completions", "Deployment", "d", "deployment 'other'")]
    [InlineData(
        "https://n.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-06-01",
        "ApiVersion",
        "2024-10-21",
        "2024-06-01"
    )]
    [InlineData("https://n.openai.azure.com/openai/deployments/d/embeddings", "Api", "Chat", "/embeddings")]
    [InlineData("https://n.openai.azure.com/openai/v1/", "ApiVersion", "2024-10-21", "v1 route")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p", "ApiVersion", "2024-10-21", "v1 route")]
    [InlineData("https://n.services.ai.azure.com/models", "ApiVersion", "2024-05-01-preview", "v1")]
    [InlineData("https://n.openai.azure.com/openai/deployments/d", "ApiVersion", "v1", "dated versions")]
    [InlineData("https://n.openai.azure.com/openai/v1?api-version=preview", "ApiVersion", "v1", "preview")]
    public void Contradiction_of_address_and_setting_names_both(string endpoint, string setting, string value, string inAddress)
    {
        var failure = Assert.Single(Failures(("Endpoint", endpoint), ("Deployment", "d"), (setting, value)));

        Assert.StartsWith("Models__0__Endpoint: ", failure, StringComparison.Ordinal);
        Assert.Contains($"Models__0__{setting}", failure, StringComparison.Ordinal);
        Assert.Contains(inAddress, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://n.openai.azure.com/openai/v1?api-key=SECRET")]
    [InlineData("https://n.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21&code=SECRET")]
    [InlineData("https://n.openai.azure.com/openai/deployments/d/chat/completions?api-version=SECRET")]
    [InlineData("https://n.openai.azure.com/?SECRET")]
    [InlineData("https://n.openai.azure.com/#SECRET")]
    [InlineData("https://SECRET@n.openai.azure.com/openai/v1")]
    [InlineData("https://u:SECRET@n.openai.azure.com/openai/v1")]
    public void Key_in_an_address_is_refused_and_not_shown(string endpoint)
    {
        var failure = Assert.Single(Failures(("Endpoint", endpoint), ("Deployment", "d")));

        Assert.StartsWith("Models__0__Endpoint: has ", failure, StringComparison.Ordinal);
        Assert.Contains("ApiKey", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://n.services.ai.azure.com/anthropic/v1/messages", "Anthropic")]
    [InlineData("https://n.services.ai.azure.com/api/projects", "project")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p/agents/a", "project")]
    [InlineData("https://n.openai.azure.com/openai/v1/files", "none of chat/completions")]
    [InlineData("https://n.openai.azure.com/openai/deployments/d/images/generations?api-version=2024-10-21", "none of chat/completions")]
    [InlineData("https://n.openai.azure.com/openai/deployments/%2F..%2F/chat/completions", "deployment's name")]
    [InlineData("https://n.openai.azure.com/chat", "none of Azure OpenAI")]
    [InlineData("https://n.openai.azure.com/openai%2Fv1", "none of Azure OpenAI")]
    [InlineData("https://gateway.example/base/deployments/d/chat/completions", "before /chat/completions")]
    [InlineData("https://gateway.example/base/v1/responses/?api-version=preview", "before /responses")]
    public void Address_that_cannot_be_called_says_what_to_write(string endpoint, string said)
    {
        var failure = Assert.Single(Failures(("Endpoint", endpoint), ("Deployment", "d")));

        Assert.StartsWith("Models__0__Endpoint: ", failure, StringComparison.Ordinal);
        Assert.Contains(said, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://n.openai.azure.com", "https://cognitiveservices.azure.com/.default")]
    [InlineData("https://n.openai.azure.com/openai/v1", "https://cognitiveservices.azure.com/.default")]
    [InlineData("https://n.cognitiveservices.azure.com/openai/v1", "https://cognitiveservices.azure.com/.default")]
    [InlineData("https://n.services.ai.azure.com", "https://cognitiveservices.azure.com/.default")]
    [InlineData("https://n.services.ai.azure.com/openai/v1", "https://ai.azure.com/.default")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p", "https://ai.azure.com/.default")]
    [InlineData("https://n.openai.azure.us", "https://cognitiveservices.azure.us/.default")]
    [InlineData("https://n.services.ai.azure.us/api/projects/p", "https://ai.azure.us/.default")]
    [InlineData("https://virginia.api.cognitive.microsoft.us", "https://cognitiveservices.azure.us/.default")]
    [InlineData("https://n.openai.azure.cn/openai/v1", "https://cognitiveservices.azure.cn/.default")]
    [InlineData("https://chinaeast2.api.cognitive.azure.cn", "https://cognitiveservices.azure.cn/.default")]
    [InlineData("https://openai.azure.us.evil.example/", "https://cognitiveservices.azure.com/.default")]
    public void Scope_of_the_identity_follows_the_address(string endpoint, string scope) =>
        Assert.Equal(scope, Read(("Endpoint", endpoint), ("Deployment", "d")).Scope);

    /// <summary>A version before the Responses API sends its requests by the v1 route, where the scope is another one.</summary>
    [Theory]
    [InlineData("https://n.services.ai.azure.com", "2024-10-21", "https://ai.azure.com/.default")]
    [InlineData("https://n.services.ai.azure.us/", "2025-02-01-preview", "https://ai.azure.us/.default")]
    [InlineData("https://n.services.ai.azure.com", "2025-03-01-preview", "https://cognitiveservices.azure.com/.default")]
    [InlineData("https://n.openai.azure.com", "2024-10-21", "https://cognitiveservices.azure.com/.default")]
    public void Scope_is_that_of_the_route_to_which_requests_go(string endpoint, string version, string scope)
    {
        var model = Read(("Endpoint", endpoint), ("Deployment", "d"), ("ApiVersion", version), ("Api", "Responses"));

        Assert.Equal(scope, model.Scope);
    }

    [Theory]
    [InlineData("https://my-server/v1/responses", "/responses")]
    [InlineData("https://my-server/v1/embeddings/", "/embeddings")]
    [InlineData("https://my-server/v1/chat/completions", "/chat/completions")]
    [InlineData("https://my-server/CHAT/COMPLETIONS/", "/chat/completions")]
    [InlineData("https://my-server/completions", "/completions")]
    public void Route_at_the_end_of_a_compatible_address_is_refused(string endpoint, string route) =>
        Assert.Equal(
            $"Models__0__Endpoint: has the route in it; end the address before {route}, such as https://my-server/v1.",
            Assert.Single(Failures(Compatible(("Endpoint", endpoint))))
        );

    [Fact]
    public void Compatible_server_may_have_its_root_at_the_name_of_a_route() =>
        Assert.Equal("https://my-server/embeddings", Read(Compatible(("Endpoint", "https://my-server/embeddings/"))).Endpoint.AbsoluteUri);

    [Fact]
    public void Scope_of_the_settings_wins_and_makes_a_compatible_server_one_of_the_identity()
    {
        const string Scope = "api://my-app/.default";

        Assert.Equal(Scope, Read(("Endpoint", "https://n.openai.azure.com"), ("Deployment", "d"), ("TokenScope", Scope)).Scope);
        Assert.Equal(Scope, Read(Compatible(("TokenScope", Scope))).Scope);
        Assert.Null(Read(Compatible()).Scope);
        Assert.Null(Read(Compatible(("ApiKey", "k"))).Scope);
    }

    [Theory]
    [InlineData("https://ai.azure.com", null, "write the scope")]
    [InlineData("SECRET", null, "write the scope")]
    [InlineData("https://ai.azure.com/.default SECRET", null, "write the scope")]
    [InlineData("https://ai.azure.com/.default", "k", "Models__0__ApiKey is set; remove one of them")]
    public void Scope_that_cannot_be_used_is_named_with_the_fix(string scope, string? key, string said)
    {
        var failure = Assert.Single(Failures(Compatible(("TokenScope", scope), ("ApiKey", key ?? ""))));

        Assert.StartsWith("Models__0__TokenScope: ", failure, StringComparison.Ordinal);
        Assert.Contains(said, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenAI_takes_no_identity() =>
        Assert.Contains(
            Failures(("Provider", "OpenAI"), ("Deployment", "m"), ("ApiKey", "k"), ("TokenScope", "https://ai.azure.com/.default")),
            failure => failure.StartsWith("Models__0__TokenScope: provider OpenAI takes a key", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("https://n.openai.azure.com", "", "deployments (api-version 2024-10-21)")]
    [InlineData("https://n.openai.azure.com/openai/v1", "", "v1")]
    [InlineData("https://n.openai.azure.com/openai/v1", "preview", "v1 (api-version preview)")]
    [InlineData("https://n.services.ai.azure.com/api/projects/p", "", "project v1")]
    public void Route_is_told_with_its_version(string endpoint, string version, string told)
    {
        var model = Read(("Endpoint", endpoint), ("Deployment", "d"), ("ApiVersion", version));

        Assert.Equal(told, model.Provider.DescribeRoute(model));
        Assert.Null(ModelProviders.OpenAICompatible.DescribeRoute(model));
    }

    private static (string, string)[] Compatible(params (string, string)[] more) =>
        [("Provider", "OpenAICompatible"), ("Endpoint", "https://my-server/v1"), ("Deployment", "m"), .. more];

    private static ModelOptions Read(params (string Key, string Value)[] settings)
    {
        List<string> failures = [];
        var model = ModelOptionsReader.Read(Configuration(settings), failures);
        Assert.Empty(failures);
        return Assert.Single(model);
    }

    private static List<string> Failures(params (string Key, string Value)[] settings)
    {
        List<string> failures = [];
        ModelOptionsReader.Read(Configuration(settings), failures);
        return failures;
    }

    private static IConfiguration Configuration((string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings
                    .GroupBy(setting => setting.Key)
                    .Select(group => KeyValuePair.Create($"Models:0:{group.Key}", (string?)group.Last().Value))
            )
            .Build();
}
