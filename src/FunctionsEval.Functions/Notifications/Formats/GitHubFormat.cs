using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace FunctionsEval.Functions.Notifications.Formats;

/// <summary>
/// GitHub's event <c>repository_dispatch</c> with the type <see cref="EventType"/>. It carries ids, status and verdict, and what callers
/// gave to get back: a workflow reads everything else from the app.
/// </summary>
internal sealed class GitHubFormat : WebhookFormat
{
    /// <summary>What workflows listen to.</summary>
    public const string EventType = "functionseval-ended";

    /// <inheritdoc/>
    public override string Name => "GitHub";

    /// <inheritdoc/>
    public override IEnumerable<string> FindProblems(string setting, WebhookTarget target)
    {
        if (
            !SecureAddress.IsAllowed(target.Url)
            || !target.Url!.AbsolutePath.EndsWith("/dispatches", StringComparison.Ordinal)
            || target.Url.Query.Length > 0
        )
        {
            yield return $"{setting}Url: write https://api.github.com/repos/OWNER/NAME/dispatches.";
        }

        if (string.IsNullOrEmpty(target.Token) || !target.Token.All(character => character is > ' ' and <= '~'))
        {
            yield return $"{setting}Token: write a token that may write the repository's contents, as repository_dispatch needs. "
                + "(Its value is not shown.)";
        }

        if (target.Secret is not null)
        {
            yield return Unused($"{setting}Secret", ": it signs in with its Token");
        }
    }

    /// <inheritdoc/>
    public override HttpRequestMessage CreateRequest(Delivery delivery)
    {
        var told = NotificationContent.Read(delivery.Notification.Body);
        var payload = new JsonObject
        {
            ["schemaVersion"] = Notification.SchemaVersion,
            [told.IsSuite ? "suiteRunId" : "runId"] = told.RunId,
            ["resumption"] = told.Resumption,
            ["status"] = told.Status,
            ["verdict"] = told.Verdict,
            ["contexts"] = new JsonArray([.. told.Contexts.Select(context => JsonValue.Create(context))]),
        };
        var request = JsonRequest.Post(delivery.Target.Url!, new JsonObject { ["event_type"] = EventType, ["client_payload"] = payload });
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", delivery.Target.Token);
        request.Headers.Accept.ParseAdd("application/vnd.github+json");
        request.Headers.UserAgent.ParseAdd("FunctionsEval");
        request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        return request;
    }

    /// <summary>GitHub says with 403, too, that its limits are reached.</summary>
    public override DeliveryResult Judge(int status, HttpResponseHeaders headers, string body) =>
        status == 403
        && (headers.RetryAfter is not null || IsExhausted(headers) || body.Contains("rate limit", StringComparison.OrdinalIgnoreCase))
            ? DeliveryResult.TryAgain
            : base.Judge(status, headers, body);

    private static bool IsExhausted(HttpResponseHeaders headers) =>
        headers.TryGetValues("x-ratelimit-remaining", out var remaining)
        && remaining.Any(value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var left) && left == 0);
}
