using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>
/// The alerts of <c>infra/alerts.json</c>: the templates make them, docs/operations.md describes them, and the app emits what they read.
/// </summary>
public sealed partial class AlertTests
{
    private const string ActionGroup = "/subscriptions/s/resourceGroups/operations/providers/Microsoft.Insights/actionGroups/on-call";

    private const string WithAlerts = DeploymentTests.Smallest + $"\nparam alertActionGroupId = '{ActionGroup}'\nparam dailyBudget = 50";

    /// <summary>Tables of a workspace that are not billed, so that its daily cap does not stop them (Azure Monitor: daily cap).</summary>
    private static readonly string[] NotCapped = ["_LogOperation", "Usage"];

    private static readonly Change[] ThatBreakRules =
    [
        new("modules/alerts.bicep", "actions: { actionGroups: [actionGroupId] }", "", "alerts: runs-failed tells nobody"),
        new("modules/alerts.bicep", "enabled: true", "enabled: false", "alerts: runs-failed is off"),
        new("modules/alerts.bicep", "string(dailyBudget)", "'0'", "alerts: spending asks something else"),
        new(
            "modules/alerts.bicep",
            "alert.from == 'workspace' ? workspaceId : insightsId",
            "insightsId",
            "alerts: cap-reached does not read the workspace"
        ),
        new("modules/alerts.bicep", "windowSize: alert.window", "windowSize: 'PT5M'", "alerts: runs-failed looks at PT5M"),
        new("alerts.json", "_LogOperation", "AppTraces", "alerts: the daily cap blinds cap-reached"),
        new(
            "modules/alerts.bicep",
            "alert => contains(alert, 'query')",
            "alert => alert.name != 'no-progress' && contains(alert, 'query')",
            "alerts: no-progress is missing"
        ),
        new("alerts.json", "\"Http5xx\"", "\"Requests\"", "alerts: no alert on Http5xx"),
    ];

    private static IReadOnlyList<JsonNode> Alerts { get; } =
    [.. JsonNode.Parse(Repository.Read("infra", "alerts.json"))!.AsArray().Select(alert => alert!)];

    [Fact]
    public async Task Templates_make_every_alert() => Assert.Empty(Broken(await DeployAsync(WithAlerts)));

    [Fact]
    public async Task Changed_template_breaks_the_rule() =>
        Assert.Empty(ThatBreakRules.Select(change => change.Broken).Except(Broken(await DeployAsync(WithAlerts, ThatBreakRules))));

    [Fact]
    public async Task Without_an_action_group_there_are_no_alerts()
    {
        var deployment = await DeployAsync(DeploymentTests.Smallest);
        Assert.DoesNotContain(deployment.Resources, resource => ((string)resource["type"]!).Contains("lerts", StringComparison.Ordinal));
        Assert.Empty(deployment.OfType("Microsoft.Insights/scheduledQueryRules"));
    }

    [Fact]
    public async Task Without_a_budget_spending_is_no_alert() =>
        Assert.DoesNotContain(
            (await DeployAsync(WithAlerts.Replace("param dailyBudget = 50", "", StringComparison.Ordinal))).OfType(
                "Microsoft.Insights/scheduledQueryRules"
            ),
            rule => ((string)rule["name"]!).StartsWith("alert-spending-", StringComparison.Ordinal)
        );

    [Fact]
    public void Document_has_the_alerts_as_they_are_deployed() => new GeneratedPart("operations.md", "alerts").AssertIs(Render());

    /// <summary>An event id or a metric that nothing emits is an alert that never fires.</summary>
    [Fact]
    public void App_emits_what_the_queries_read()
    {
        var emitted = typeof(EvaluationOptions)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId)
            .OfType<int>()
            .ToHashSet();
        var metrics = Repository.AppSources().Single(source => source.File.EndsWith("Instruments.cs", StringComparison.Ordinal)).Text;
        var queries = Alerts.Select(alert => (string?)alert["query"] ?? "").ToList();
        var events = queries
            .SelectMany(query => Event().Matches(query))
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .ToList();
        var read = queries.SelectMany(query => Metric().Matches(query)).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(events);
        Assert.NotEmpty(read);
        Assert.Empty(events.Except(emitted));
        Assert.All(read, metric => Assert.Contains($"\"{metric}\"", metrics, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Broken(Deployment deployment)
    {
        var rules = deployment.OfType("Microsoft.Insights/scheduledQueryRules").ToList();
        foreach (var alert in Alerts.Where(alert => alert["query"] is not null))
        {
            var name = (string)alert["name"]!;
            if (rules.Find(rule => ((string)rule["name"]!).StartsWith($"alert-{name}-", StringComparison.Ordinal)) is not { } rule)
            {
                yield return $"alerts: {name} is missing";
                continue;
            }

            foreach (var broken in Broken(alert, name, rule["properties"]!))
            {
                yield return broken;
            }
        }

        var metrics = deployment.OfType("Microsoft.Insights/metricAlerts").ToList();
        if (
            !metrics.Exists(alert =>
                (string?)alert["properties"]!["criteria"]!["allOf"]![0]!["metricName"] == "Http5xx"
                && (string?)alert["properties"]!["actions"]![0]!["actionGroupId"] == ActionGroup
            )
        )
        {
            yield return "alerts: no alert on Http5xx";
        }
    }

    private static IEnumerable<string> Broken(JsonNode alert, string name, JsonNode rule)
    {
        if ((string?)rule["actions"]?["actionGroups"]?[0] != ActionGroup)
        {
            yield return $"alerts: {name} tells nobody";
        }

        if (rule["enabled"]?.GetValue<bool>() != true)
        {
            yield return $"alerts: {name} is off";
        }

        var condition = rule["criteria"]!["allOf"]![0]!;
        var query = (string)condition["query"]!;
        var asked = ((string)alert["query"]!)
            .Replace("{dailyBudget}", "50", StringComparison.Ordinal)
            .Replace("{dailyQuotaGb}", "1", StringComparison.Ordinal);
        if (query != asked || (int)condition["threshold"]! != (int)alert["threshold"]!)
        {
            yield return $"alerts: {name} asks something else";
        }

        if ((string?)rule["windowSize"] is var window && window != (string?)alert["window"])
        {
            yield return $"alerts: {name} looks at {window}";
        }

        if ((string?)alert["from"] != "workspace")
        {
            yield break;
        }

        if (!((string)rule["scopes"]![0]!).Contains("Microsoft.OperationalInsights/workspaces", StringComparison.Ordinal))
        {
            yield return $"alerts: {name} does not read the workspace";
        }

        if (!NotCapped.Contains(query.Split('\n')[0]))
        {
            yield return $"alerts: the daily cap blinds {name}";
        }
    }

    private static string Render()
    {
        var text = new StringBuilder("\n| alert | when | looked at | severity | after the daily cap | why |\n|---|---|---|---|---|---|\n");
        foreach (var alert in Alerts)
        {
            var condition =
                (string?)alert["operator"] == "LessThan" ? $"fewer than {alert["threshold"]}"
                : (int)alert["threshold"]! == 0 ? "any"
                : $"more than {alert["threshold"]}";
            var periods = alert["periods"] is { } count ? $", {count} times in a row" : "";
            text.Append(CultureInfo.InvariantCulture, $"| {alert["what"]} ")
                .Append(CultureInfo.InvariantCulture, $"| {SubjectOf(alert)}: {condition} in {Words(alert["window"])}{periods} ")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"| {((string?)alert["every"] == "PT1H" ? "every hour" : $"every {Words(alert["every"])}")} | {alert["severity"]} "
                )
                .Append(CultureInfo.InvariantCulture, $"| {AfterCap(alert)} | {alert["why"]} |\n");
        }

        foreach (var alert in Alerts.Where(alert => alert["query"] is not null))
        {
            var over = (string?)alert["from"] == "workspace" ? "the workspace" : "Application Insights";
            text.Append(CultureInfo.InvariantCulture, $"\n<a id=\"query-{alert["name"]}\"></a>{alert["what"]}, over {over}:\n")
                .Append(CultureInfo.InvariantCulture, $"\n```\n{alert["query"]}\n```\n");
        }

        return text.Append('\n').ToString();
    }

    private static string SubjectOf(JsonNode alert) =>
        alert["metrics"] is JsonArray metrics
            ? $"{string.Join(" or ", metrics.Select(metric => $"`{metric}`"))} of the {alert["from"]}"
            : $"rows of [its query](#query-{alert["name"]})";

    /// <summary>Application Insights takes nothing once the cap is reached; that there is nothing is seen.</summary>
    private static string AfterCap(JsonNode alert) =>
        (string?)alert["from"] != "insights" ? "works"
        : (string?)alert["operator"] == "LessThan" ? "fires"
        : "**blind**";

    /// <summary>A duration of ISO 8601.</summary>
    private static string Words(JsonNode? duration) =>
        (string?)duration switch
        {
            "P1D" => "a day",
            "PT1H" => "an hour",
            { } minutes => $"{minutes[2..^1]} minutes",
            null => throw new InvalidDataException("An alert has no time."),
        };

    private static Task<Deployment> DeployAsync(string parameters, params Change[] changes)
    {
        Bicep.SkipWhereMissing();
        return Deployment.OfAsync("main.bicep", parameters, changes, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"EventId\) == (\d+)")]
    private static partial Regex Event();

    [GeneratedRegex("\"((?:functionseval|gen_ai)\\.[a-z_.]+)\"")]
    private static partial Regex Metric();
}
