using FunctionsEval.Functions.Notifications;

namespace FunctionsEval.Functions.Tests.Notifications;

public sealed class NotificationOptionsTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    [Theory]
    [InlineData("https://ci.example.com/verdicts", Secret, null)]
    [InlineData("http://127.0.0.1:8080", Secret, null)]
    [InlineData("http://ci.example.com", Secret, "Notifications__Webhooks__ci__Url: write an https address")]
    [InlineData(null, Secret, "Notifications__Webhooks__ci__Url: write an https address")]
    [InlineData("https://ci.example.com", "plain-secret", "Notifications__Webhooks__ci__Secret: write whsec_")]
    [InlineData("https://ci.example.com", null, "Notifications__Webhooks__ci__Secret: write whsec_")]
    public void Webhook_needs_an_https_address_and_a_secret(string? url, string? secret, string? expected)
    {
        var options = new NotificationOptions();
        options.Webhooks["ci"] = new WebhookTarget { Url = url is null ? null : new Uri(url), Secret = secret };
        var result = new NotificationOptionsValidator().Validate(null, options);
        Assert.Equal(expected is null, result.Succeeded);
        if (expected is not null)
        {
            Assert.Contains(expected, result.FailureMessage, StringComparison.Ordinal);
            Assert.DoesNotContain("plain-secret", result.FailureMessage, StringComparison.Ordinal);
        }
    }
}
