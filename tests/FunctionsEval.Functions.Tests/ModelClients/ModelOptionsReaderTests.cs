using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Settings as an operator writes them, through the app's own registration.</summary>
public sealed class ModelOptionsReaderTests
{
    [Fact]
    public void Model_with_every_setting_is_read()
    {
        var registry = Register(
            ("Models:0:Name", "tuned"),
            ("Models:0:Provider", "azureopenai"),
            ("Models:0:Endpoint", "https://my-resource.openai.azure.com/"),
            ("Models:0:Deployment", "d1"),
            ("Models:0:ApiKey", "key"),
            ("Models:0:Api", "Completions"),
            ("Models:0:ApiVersion", "2025-03-01-preview"),
            ("Models:0:Timeout", "00:00:30"),
            ("Models:0:MaxConcurrency", "7"),
            ("Models:0:RequestsPerMinute", "60"),
            ("Models:0:TokensPerMinute", "1000"),
            ("Models:0:InputPricePerMillionTokens", "0.15"),
            ("Models:0:OutputPricePerMillionTokens", "0.6")
        );

        Assert.True(registry.TryGet("TUNED", out var model));
        Assert.Equal(
            new ModelOptions
            {
                Name = "tuned",
                Section = "0",
                Provider = ModelProviders.AzureOpenAI,
                Endpoint = new Uri("https://my-resource.openai.azure.com"),
                Deployment = "d1",
                ApiKey = "key",
                Api = ModelProtocols.Completions,
                ApiVersion = "2025-03-01-preview",
                Timeout = TimeSpan.FromSeconds(30),
                MaxConcurrency = 7,
                RequestsPerMinute = 60,
                TokensPerMinute = 1000,
                InputPricePerMillionTokens = 0.15m,
                OutputPricePerMillionTokens = 0.6m,
            },
            model.Options
        );
    }

    [Fact]
    public void Model_with_the_least_settings_gets_the_defaults_and_its_key_as_name()
    {
        var registry = Register(
            ("Models:my-model:Provider", "OpenAI"),
            ("Models:my-model:Deployment", "gpt-4.1-mini"),
            ("Models:my-model:ApiKey", "key"),
            ("Models:local:Provider", "OpenAICompatible"),
            ("Models:local:Deployment", "llama"),
            ("Models:local:Endpoint", "http://localhost:11434/v1")
        );

        Assert.Equal(["local", "my-model"], registry.Names.Order());
        Assert.True(registry.TryGet("my-model", out var model));
        Assert.Equal(
            new ModelOptions
            {
                Name = "my-model",
                Section = "my-model",
                Provider = ModelProviders.OpenAI,
                Endpoint = new Uri("https://api.openai.com/v1"),
                Deployment = "gpt-4.1-mini",
                ApiKey = "key",
                Api = ModelProtocols.Chat,
                ApiVersion = "2024-10-21",
                Timeout = TimeSpan.FromSeconds(100),
                MaxConcurrency = 32,
            },
            model.Options
        );
    }

    [Theory]
    [InlineData("Endpoint", "", "missing; write the resource's address, such as https://my-resource.openai.azure.com.")]
    [InlineData("Endpoint", "my-resource", "not an absolute address; write one such as https://my-resource.openai.azure.com.")]
    [InlineData("Endpoint", "file:///etc/hosts", "not an absolute address; write one such as https://my-resource.openai.azure.com.")]
    [InlineData("Endpoint", "http://example.com", "is http; use https (http is allowed for this machine only).")]
    [InlineData("Endpoint", "https://user:SECRET@example.com", "has a user name or password in it; remove it and use Models__0__ApiKey.")]
    [InlineData(
        "Endpoint",
        "https://example.com/?api-version=1&key=SECRET",
        "has more in its query than one api-version; remove everything from '?' on. (A key belongs in the setting ApiKey; the query is not shown.)"
    )]
    [InlineData(
        "Endpoint",
        "https://example.com/openai/deployments/other",
        "is that of deployment 'other', but Models__0__Deployment is 'd'; write the same in both, or end the address before /openai."
    )]
    [InlineData("Deployment", "", "missing; write the deployment's name.")]
    [InlineData("Provider", "Azure", "write one of AzureOpenAI, OpenAI, OpenAICompatible.")]
    [InlineData("Provider", "1", "write one of AzureOpenAI, OpenAI, OpenAICompatible.")]
    [InlineData("Api", "Chats", "write one of Chat, Completions, Responses, Embeddings.")]
    [InlineData(
        "ApiKey",
        "SECRET\nSECRET",
        "has a space, line break or non-ASCII character; paste the key again. (Its value is not shown.)"
    )]
    [InlineData("ApiVersion", "latest", "write a date such as 2024-10-21 or 2025-03-01-preview, or v1 or preview.")]
    [InlineData("Timeout", "0", "write a time from 00:00:01 to 01:00:00, such as 00:01:40.")]
    [InlineData("MaxConcurrency", "1025", "write a whole number from 1 to 1024.")]
    [InlineData("MaxConcurrency", "0", "write a whole number from 1 to 1024.")]
    [InlineData("RequestsPerMinute", "-1", "write a whole number above 0, or leave it out.")]
    [InlineData("TokensPerMinute", "1e6", "write a whole number above 0, or leave it out.")]
    [InlineData("InputPricePerMillionTokens", "SECRET", "write an amount such as 0.15, or leave it out.")]
    [InlineData("CachedInputPricePerMillionTokens", "SECRET", "write an amount such as 0.075, or leave it out.")]
    [InlineData(
        "CachedInputPricePerMillionTokens",
        "1",
        "needs Models__0__InputPricePerMillionTokens, the price of prompt tokens that are not cached."
    )]
    [InlineData(
        "Endpont",
        "https://example.com",
        "no such setting; the settings are Name, Provider, Endpoint, Deployment, ApiKey, TokenScope, Api, ApiVersion, Timeout, MaxConcurrency, RequestsPerMinute, TokensPerMinute, InputPricePerMillionTokens, CachedInputPricePerMillionTokens, OutputPricePerMillionTokens, AllowImageAddresses, ResourceId."
    )]
    public void Wrong_setting_is_named_with_its_fix_and_without_its_value(string property, string value, string message)
    {
        var failure = Assert.Throws<OptionsValidationException>(() =>
            Register(
                ("Models:0:Name", "m"),
                ("Models:0:Endpoint", "https://example.com"),
                ("Models:0:Deployment", "d"),
                ($"Models:0:{property}", value)
            )
        );

        Assert.Equal($"Models__0__{property}: {message}", Assert.Single(failure.Failures));
        Assert.DoesNotContain("SECRET", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenAI_without_key_says_so()
    {
        var failure = Assert.Throws<OptionsValidationException>(() =>
            Register(("Models:a:Provider", "OpenAI"), ("Models:a:Deployment", "m"))
        );

        Assert.StartsWith("Models__a__ApiKey: missing; OpenAI needs a key", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_setting_of_every_model_is_reported_at_once()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Register(("Models:0:Api", "x"), ("Models:1:Timeout", "x")));

        Assert.Equal(
            [
                "Models__0__Api",
                "Models__0__Deployment",
                "Models__0__Endpoint",
                "Models__1__Deployment",
                "Models__1__Endpoint",
                "Models__1__Timeout",
            ],
            failure.Failures.Select(text => text[..text.IndexOf(':', StringComparison.Ordinal)]).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Two_models_of_one_name_are_refused()
    {
        var failure = Assert.Throws<OptionsValidationException>(() =>
            Register(
                ("Models:0:Name", "m"),
                ("Models:0:Endpoint", "https://example.com"),
                ("Models:0:Deployment", "d"),
                ("Models:1:Name", "M"),
                ("Models:1:Endpoint", "https://example.com"),
                ("Models:1:Deployment", "d")
            )
        );

        Assert.Equal(
            "Models__1__Name: the name 'M' is already used by Models__0. Give each model its own name.",
            Assert.Single(failure.Failures)
        );
    }

    [Fact]
    public void No_models_are_no_error() => Assert.Empty(Register().Names);

    [Fact]
    public void Call_bounds_out_of_range_name_the_setting()
    {
        using var services = Services(
            ("ModelCalls:MaxAttempts", "0"),
            ("ModelCalls:BaseDelay", "00:00:00"),
            ("ModelCalls:LongestWait", "01:00:00"),
            ("ModelCalls:MaxOutage", "2.00:00:00")
        );

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains("ModelCalls__MaxAttempts: write a whole number from 1 to 20.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ModelCalls__BaseDelay: write a time from 00:00:00.001 to 00:01:00.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ModelCalls__LongestWait: write a time from 00:00:01 to 00:05:00.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ModelCalls__MaxOutage: write a time from 00:00:01 to 1.00:00:00.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_a_model_does_not_show_the_key()
    {
        var registry = Register(("Models:m:Endpoint", "https://example.com"), ("Models:m:Deployment", "d"), ("Models:m:ApiKey", "SECRET"));

        Assert.True(registry.TryGet("m", out var model));
        Assert.Equal("m (AzureOpenAI, https://example.com/, d)", model.Options.ToString());
        Assert.DoesNotContain("SECRET", System.Text.Json.JsonSerializer.Serialize(model.Options), StringComparison.Ordinal);
    }

    private static ModelRegistry Register(params (string Key, string Value)[] settings) =>
        Services(settings).GetRequiredService<ModelRegistry>();

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.GroupBy(setting => setting.Key).Select(group => KeyValuePair.Create(group.Key, (string?)group.Last().Value))
            )
            .Build();
        return new ServiceCollection().AddLogging().AddModels(configuration).BuildServiceProvider();
    }
}
