using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.ModelClients;

public sealed class ModelTemplateTests
{
    [Theory]
    [InlineData("tuned/ft:gpt-4o-mini-2024-07-18:acme::AbC1", "ft:gpt-4o-mini-2024-07-18:acme::AbC1")]
    [InlineData("Tuned/my.deployment_1", "my.deployment_1")]
    public void Name_of_a_template_is_that_deployment_of_its_endpoint(string name, string deployment)
    {
        Assert.True(Register(("Models:t:Name", "tuned/*"), ("Models:t:Deployment", "*")).TryGet(name, out var model));
        Assert.Equal(
            (name, deployment, new Uri("https://x.openai.azure.com")),
            (model.Options.Name, model.Options.Deployment, model.Options.Endpoint)
        );
    }

    [Fact]
    public void Template_gives_one_model_a_name_so_that_its_limits_hold()
    {
        var registry = Register(("Models:t:Name", "tuned/*"), ("Models:t:Deployment", "*"));
        Assert.True(registry.TryGet("tuned/a", out var first));
        Assert.True(registry.TryGet("TUNED/A", out var second));
        Assert.Same(first, second);
    }

    [Theory]
    [InlineData("tuned/")]
    [InlineData("tuned/*")]
    [InlineData("tuned/../other")]
    [InlineData("tuned/a?api-version=1")]
    [InlineData("tuned/a b")]
    [InlineData("other/a")]
    public void Name_that_no_deployment_can_have_is_unknown(string name) =>
        Assert.False(Register(("Models:t:Name", "tuned/*"), ("Models:t:Deployment", "*")).TryGet(name, out _));

    [Fact]
    public void Model_of_its_own_name_wins_over_a_template()
    {
        var registry = Register(
            ("Models:t:Name", "tuned/*"),
            ("Models:t:Deployment", "*"),
            ("Models:own:Name", "tuned/own"),
            ("Models:own:Deployment", "elsewhere"),
            ("Models:own:Endpoint", "https://y.openai.azure.com")
        );
        Assert.True(registry.TryGet("tuned/own", out var model));
        Assert.Equal("elsewhere", model.Options.Deployment);
    }

    [Theory]
    [InlineData("tuned/*", "fixed", "Models__t__Deployment: has no '*'")]
    [InlineData("tuned", "*", "Models__t__Deployment: has a '*'")]
    [InlineData("tuned/*/*", "*", "Models__t__Name: has more than one '*'")]
    public void Half_a_template_is_refused(string name, string deployment, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<OptionsValidationException>(() => Register(("Models:t:Name", name), ("Models:t:Deployment", deployment))).Message,
            StringComparison.Ordinal
        );

    private static ModelRegistry Register(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                KeyValuePair.Create("Models:t:Endpoint", (string?)"https://x.openai.azure.com"),
                .. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
            ])
            .Build();
        return new ServiceCollection().AddLogging().AddModels(configuration).BuildServiceProvider().GetRequiredService<ModelRegistry>();
    }
}
