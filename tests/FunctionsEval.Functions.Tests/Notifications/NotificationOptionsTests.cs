using FunctionsEval.Functions.Notifications;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.Tests.Notifications;

public sealed class NotificationOptionsTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const string GitHub = "https://api.github.com/repos/o/n/dispatches";
    private const string Slack = "https://hooks.slack.example/services/T0/B0/canary-path";

    [Theory]
    [InlineData("https://ci.example.com/verdicts", Secret, null)]
    [InlineData("http://127.0.0.1:8080", Secret, null)]
    [InlineData("http://ci.example.com", Secret, "Notifications__Webhooks__ci__Url: write an https address")]
    [InlineData(null, Secret, "Notifications__Webhooks__ci__Url: write an https address")]
    [InlineData("https://ci.example.com", "plain-secret", "Notifications__Webhooks__ci__Secret: write whsec_")]
    [InlineData("https://ci.example.com", null, "Notifications__Webhooks__ci__Secret: write whsec_")]
    public void Webhook_needs_an_https_address_and_a_secret(string? url, string? secret, string? expected) =>
        AssertProblem(new WebhookTarget { Url = url is null ? null : new Uri(url), Secret = secret }, "https://app.example.com", expected);

    [Theory]
    [InlineData("Slack", Slack, null, null, "https://app.example.com", null)]
    [InlineData("Teams", "https://flow.example/workflows/canary-path?sig=canary", null, null, "https://app.example.com/eval", null)]
    [InlineData(
        "Slack",
        "http://hooks.slack.example/canary-path",
        null,
        null,
        "https://app.example.com",
        "Notifications__Webhooks__ci__Url: write an https"
    )]
    [InlineData(
        "Slack",
        Slack,
        "plain-secret",
        null,
        "https://app.example.com",
        "Notifications__Webhooks__ci__Secret: the format Slack does not use it"
    )]
    [InlineData(
        "Teams",
        Slack,
        null,
        "plain-secret",
        "https://app.example.com",
        "Notifications__Webhooks__ci__Token: the format Teams does not use it"
    )]
    [InlineData("Slack", Slack, null, null, null, "Notifications__AppUrl: write the address")]
    [InlineData("Slack", Slack, null, null, "http://app.example.com", "Notifications__AppUrl: write the address")]
    [InlineData("Slack", Slack, null, null, "https://app.example.com/?code=1", "Notifications__AppUrl: write the address")]
    [InlineData("GitHub", GitHub, null, "token", null, null)]
    [InlineData("GitHub", GitHub, null, null, null, "Notifications__Webhooks__ci__Token: write a token")]
    [InlineData("GitHub", GitHub, null, "plain-secret\n", null, "Notifications__Webhooks__ci__Token: write a token")]
    [InlineData(
        "GitHub",
        "https://api.github.com/repos/o/n",
        null,
        "token",
        null,
        "Notifications__Webhooks__ci__Url: write https://api.github.com"
    )]
    [InlineData("GitHub", GitHub, "plain-secret", "token", null, "Notifications__Webhooks__ci__Secret: the format GitHub does not use it")]
    public void Each_format_needs_its_own_settings(
        string format,
        string url,
        string? secret,
        string? token,
        string? appUrl,
        string? expected
    ) =>
        AssertProblem(
            new WebhookTarget
            {
                Format = format,
                Url = new Uri(url),
                Secret = secret,
                Token = token,
            },
            appUrl,
            expected
        );

    [Fact]
    public void Formats_are_read_by_name_and_an_unknown_one_names_those_there_are()
    {
        AssertProblem(new WebhookTarget { Format = "slack", Url = new Uri(Slack) }, "https://app.example.com", null);
        AssertProblem(
            new WebhookTarget { Format = "discord", Url = new Uri(Slack) },
            null,
            "Notifications__Webhooks__ci__Format: write one of Signed, Teams, Slack, GitHub."
        );
    }

    [Fact]
    public void Addresses_that_are_secrets_are_known_to_telemetry()
    {
        var configuration = Configuration(
            ("Notifications:Webhooks:a:Format", "teams"),
            ("Notifications:Webhooks:a:Url", "https://flow.example/workflows/canary-1?sig=canary"),
            ("Notifications:Webhooks:b:Format", "Slack"),
            ("Notifications:Webhooks:b:Url", "https://hooks.slack.example/services/canary-2"),
            ("Notifications:Webhooks:c:Url", "https://ci.example.com/verdicts"),
            ("Notifications:Webhooks:d:Format", "Slack"),
            ("Notifications:Webhooks:d:Url", "no address")
        );

        Assert.Equal(
            ["/services/canary-2", "/workflows/canary-1"],
            NotificationOptions.ReadSecretPaths(configuration).Order(StringComparer.Ordinal)
        );
    }

    private static IConfiguration Configuration(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.Where(setting => setting.Value is not null).Select(setting => KeyValuePair.Create(setting.Name, setting.Value))
            )
            .Build();

    private static void AssertProblem(WebhookTarget target, string? appUrl, string? expected)
    {
        var options = new NotificationOptions { AppUrl = appUrl is null ? null : new Uri(appUrl) };
        options.Webhooks["ci"] = target;
        var result = new NotificationOptionsValidator().Validate(null, options);
        Assert.Equal(expected is null, result.Succeeded);
        if (expected is not null)
        {
            Assert.Contains(expected, result.FailureMessage, StringComparison.Ordinal);
            Assert.DoesNotContain("plain-secret", result.FailureMessage, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", result.FailureMessage, StringComparison.Ordinal);
        }
    }
}
