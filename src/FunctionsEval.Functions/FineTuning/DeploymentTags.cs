using System.Globalization;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>The tags by which an app knows the deployments that it made.</summary>
internal static class DeploymentTags
{
    private const string App = "functionseval-app";
    private const string Job = "functionseval-job";
    private const string Created = "functionseval-created";

    /// <summary>The tags of a new deployment.</summary>
    /// <param name="app">Who makes it.</param>
    /// <param name="jobId">The fine-tuning job whose model is deployed.</param>
    /// <param name="created">When it is made.</param>
    public static IReadOnlyDictionary<string, string?> Create(string app, string jobId, DateTimeOffset created) =>
        new Dictionary<string, string?>
        {
            [App] = app,
            [Job] = jobId,
            [Created] = created.ToString("O", CultureInfo.InvariantCulture),
        };

    /// <summary>Whether some app made a deployment for its own runs.</summary>
    public static bool AreThere(AccountDeployment deployment) => deployment.Tags.ContainsKey(App);

    /// <summary>Whether an app made a deployment.</summary>
    public static bool AreOf(AccountDeployment deployment, string app) => deployment.Tags.GetValueOrDefault(App) == app;

    /// <summary>The fine-tuning job that a deployment was made for; empty where its tag was removed.</summary>
    public static string JobOf(AccountDeployment deployment) => deployment.Tags.GetValueOrDefault(Job) ?? "";

    /// <summary>When a deployment was made; the beginning of time where its tag was removed or changed.</summary>
    public static DateTimeOffset CreationOf(AccountDeployment deployment) =>
        DateTimeOffset.TryParse(
            deployment.Tags.GetValueOrDefault(Created),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var created
        )
            ? created
            : DateTimeOffset.MinValue;
}
