using Azure.Core;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.FineTuning;

/// <summary>Retirement dates against a server that speaks Azure Resource Manager's lists.</summary>
public sealed class ModelRetirementsTests : IAsyncLifetime
{
    private const string Account = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a";

    private readonly ModelTransport _transport = new();
    private readonly Dictionary<string, string> _replies = [];
    private WebApplication _server = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            var asked = context.Request.Path + (context.Request.Query["page"] is [{ } page] ? "?" + page : "");
            context.Response.StatusCode =
                context.Request.Headers.Authorization == "Bearer token" && _replies.ContainsKey(asked) ? 200 : 403;
            await context.Response.WriteAsync(_replies.GetValueOrDefault(asked, "{}"));
        });
        await _server.StartAsync();
        Deploy("prod", "gpt-4o-mini", "2024-07-18", "GlobalStandard");
        Serve("models", """{ "value": [] }""");
    }

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Date_is_that_of_the_deployed_models_version()
    {
        Serve(
            "models",
            """
            { "value": [ { "format": "OpenAI", "name": "gpt-4o-mini", "version": "2023-01-01", "deprecation": { "inference": "2025-01-01T00:00:00Z" } },
                         { "format": "OpenAI", "name": "GPT-4o-mini", "version": "2024-07-18", "deprecation": { "inference": "2027-02-27T00:00:00Z", "deprecationStatus": "Planned" } } ] }
            """
        );

        var state = await ReadAsync("prod");

        Assert.Equal(("gpt-4o-mini", "2024-07-18", "GlobalStandard"), (state.Model, state.Version, state.Sku));
        Assert.Equal(
            (new DateTimeOffset(2027, 2, 27, 0, 0, 0, TimeSpan.Zero), "Planned", null),
            (state.Retires, state.RetirementStatus, state.NotKnown)
        );
    }

    [Theory]
    [InlineData(""" { "inference": "2027-02-27T00:00:00Z" } """)]
    [InlineData(""" { "deprecationStatus": "Tentative" } """)]
    [InlineData("null")]
    public async Task Model_retires_from_a_SKU_before_it_retires(string deprecation)
    {
        Serve(
            "models",
            $$"""
            { "value": [ { "name": "gpt-4o-mini", "version": "2024-07-18", "deprecation": {{deprecation}},
                           "skus": [ { "name": "Standard", "deprecationDate": "2026-01-01T00:00:00Z" }, { "name": "GlobalStandard", "deprecationDate": "2027-01-15T00:00:00Z" } ] } ] }
            """
        );
        Assert.Equal(new DateTimeOffset(2027, 1, 15, 0, 0, 0, TimeSpan.Zero), (await ReadAsync("prod")).Retires);
    }

    [Fact]
    public async Task Tuned_model_retires_with_its_base()
    {
        Deploy("prod", "gpt-4o-mini-2024-07-18.ft-1", "1", "DeveloperTier");
        Serve(
            "models",
            """
            { "value": [ { "format": "OpenAI", "name": "gpt-4o-mini-2024-07-18.ft-1", "version": "1", "baseModel": { "format": "OpenAI", "name": "gpt-4o-mini", "version": "2024-07-18" } } ],
              "nextLink": "NEXT" }
            """.Replace("NEXT", $"{_server.Urls.Single()}{Account}/models?api-version=1&page=2", StringComparison.Ordinal)
        );
        _replies[$"{Account}/models?2"] =
            """{ "value": [ null, { "format": "OpenAI", "name": "gpt-4o-mini", "version": "2024-07-18", "deprecation": { "inference": "2027-02-27T00:00:00Z" } } ] }""";

        Assert.Equal(new DateTimeOffset(2027, 2, 27, 0, 0, 0, TimeSpan.Zero), (await ReadAsync("prod")).Retires);
    }

    [Theory]
    [InlineData("gone", "The account has no deployment 'gone'. Check the model's settings.")]
    [InlineData("prod", "Azure names no date for this model.")]
    public async Task What_is_not_told_is_said(string deployment, string reason) =>
        Assert.Equal((null, reason), (await ReadAsync(deployment)) is var state ? (state.Retires, state.NotKnown) : default);

    [Fact]
    public async Task Account_that_refuses_is_named_and_hides_no_other_model()
    {
        _replies.Remove($"{Account}/deployments");

        var states = await CreateAsync(
            Model("prod", Account),
            Model("other", null),
            Model("own", null) with
            {
                Provider = ModelProviders.OpenAI,
            }
        );

        Assert.Contains("answered 403 to a request for deployments", states[0].NotKnown, StringComparison.Ordinal);
        Assert.Contains("set Models__other__ResourceId", states[1].NotKnown, StringComparison.Ordinal);
        Assert.Contains("OpenAI has no list of retirement dates", states[2].NotKnown, StringComparison.Ordinal);
    }

    private void Serve(string list, string reply) => _replies[$"{Account}/{list}"] = reply;

    private void Deploy(string name, string model, string version, string sku) =>
        Serve(
            "deployments",
            $$"""{ "value": [ { "name": "{{name}}", "sku": { "name": "{{sku}}" }, "properties": { "model": { "format": "OpenAI", "name": "{{model}}", "version": "{{version}}" } } } ] }"""
        );

    private async Task<ModelState> ReadAsync(string deployment) => Assert.Single(await CreateAsync(Model(deployment, Account)));

    private static ModelOptions Model(string name, string? account) =>
        new()
        {
            Name = name,
            Section = name,
            Endpoint = new Uri("https://a.openai.azure.com"),
            Deployment = name,
            ResourceId = account,
        };

    private Task<IReadOnlyList<ModelState>> CreateAsync(params ModelOptions[] models) =>
        new ModelRetirements(
            new ModelRegistry(models, _ => throw new InvalidOperationException("No model is called.")),
            Options.Create(new FineTuningOptions()),
            new AccountCatalog(new Uri(_server.Urls.Single()), new FineTuningHttp(_transport), () => new Identity())
        ).ReadAllAsync(TestContext.Current.CancellationToken);

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
