using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>What the tests of deployments have in common: the settings, a suite, and a job that has ended.</summary>
internal static class DeployedApp
{
    public const string Prefix = "fe-";

    /// <summary>The settings of an app that deploys tuned models itself.</summary>
    public static (string Name, string Value)[] Settings(FineTuneServer server, int checkpoints = 0) =>
        [
            ("FineTuning__Provider", "AzureOpenAI"),
            ("FineTuning__Endpoint", server.Address.ToString()),
            ("FineTuning__ApiKey", FineTuneServer.ApiKey),
            ("FineTuning__ResourceId", FineTuneServer.ResourceId),
            ("FineTuning__ManagementEndpoint", server.Address.ToString()),
            ("FineTuning__Model", "tuned/*"),
            ("FineTuning__DeploymentDeadline", "01:00:00"),
            ("FineTuning__CheckEvery", "00:00:01"),
            ("FineTuning__Poll", "true"),
            ("FineTuning__Deploy", "true"),
            ("FineTuning__Checkpoints", $"{checkpoints}"),
            ("FineTuning__DeployHourlyPrice", "3600"),
            // As App Service tells an app where its identity's tokens are.
            ("IDENTITY_ENDPOINT", new Uri(server.Address, "/identity").ToString()),
            ("IDENTITY_HEADER", "secret-of-the-app"),
        ];

    /// <summary>A spec for the jobs with a suffix.</summary>
    public static string SpecFor(string suffix) =>
        $$"""
            { "task": "classification", "model": "recorded", "baseline": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"],
              "onFineTune": { "suffix": "{{suffix}}" }, "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] } }
            """;

    /// <summary>A job that has ended, without checkpoints but the last one, which is the tuned model.</summary>
    /// <returns>The tuned model.</returns>
    public static string End(FineTuneServer server, string suffix)
    {
        var model = $"base-model-2026.ft-{suffix}";
        server.Checkpoints[$"ftjob-{suffix}"] = [new($"ftchkpt-{suffix}-3", 100, model)];
        server.Set($"ftjob-{suffix}", "succeeded", model, suffix: suffix);
        return model;
    }

    /// <summary>A job that has ended, with checkpoints after steps 80, 90 and 100, the last of which is the tuned model.</summary>
    public static void EndWithCheckpoints(FineTuneServer server, string suffix)
    {
        var model = $"base-model-2026.ft-{suffix}";
        server.Checkpoints[$"ftjob-{suffix}"] =
        [
            new($"ftchkpt-{suffix}-3", 100, model),
            new($"ftchkpt-{suffix}-2", 90, model + ":ckpt-step-90"),
            new($"ftchkpt-{suffix}-1", 80, model + ":ckpt-step-80"),
        ];
        server.Set($"ftjob-{suffix}", "succeeded", model, suffix: suffix);
    }

    /// <summary>The app's deployments that there are.</summary>
    public static IEnumerable<string> Own(ArmAccount account) =>
        account.Names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>A deployment of somebody else that looks like the app's own, in name or in tags.</summary>
    public static void AddForeign(ArmAccount account)
    {
        account.Add("production", "gpt-4.1-mini");
        account.Add("fe-of-somebody", "gpt-4.1-mini", new JsonObject { ["owner"] = "somebody" });
        account.Add(
            "fe-of-another-app-final",
            "base-model-2026.ft-x",
            new JsonObject
            {
                ["functionseval-app"] = "another",
                ["functionseval-job"] = "ftjob-x",
                ["functionseval-created"] = "2020-01-01T00:00:00Z",
            },
            ArmAccount.DeveloperTier
        );
    }

    /// <summary>What <see cref="AddForeign"/> has added.</summary>
    public static readonly string[] Foreign = ["fe-of-another-app-final", "fe-of-somebody", "production"];
}
