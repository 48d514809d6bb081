using System.Text.Json.Nodes;

namespace FunctionsEval.Hooks;

/// <summary>
/// Refuses, before anything is deployed, what could never work: files that are no JSON, models that nobody can call, a fine-tuning model
/// that is not there, settings with which the app would not start.
/// </summary>
internal static class ConfigurationCheck
{
    private const string ModelsFile = "infra/models.json";
    private const string SettingsFile = "infra/settings.json";

    /// <summary>Checks the files below a root and the variables.</summary>
    /// <exception cref="HookException">Something is wrong; the message has a line for each problem: file, field and fix.</exception>
    public static void ThrowIfWrong(string root, HookEnvironment environment)
    {
        var problems = Find(root, environment);
        if (problems.Count > 0)
        {
            throw new HookException(
                $"Nothing was deployed, because the app could not work with these settings:\n{string.Join('\n', problems.Select(problem => "- " + problem))}"
            );
        }
    }

    /// <summary>All problems of the files below a root and the variables.</summary>
    public static IReadOnlyList<string> Find(string root, HookEnvironment environment)
    {
        var problems = new List<string>();
        var written = ConfigurationFile.Read<JsonArray>(root, ModelsFile, "a list of models, [ ]", problems);
        var settings = ConfigurationFile.Read<JsonObject>(root, SettingsFile, "an object of settings by name, { }", problems);
        if (written is null || settings is null)
        {
            return problems;
        }

        var models = ReadModels(written, problems);
        problems.AddRange(models.SelectMany(model => CheckModel(model, environment)));
        problems.AddRange(CheckTogether(models));
        problems.AddRange(CheckSettings(settings));
        problems.AddRange(CheckVariables(models, environment));
        problems.AddRange(VariableCheck.Find(root, environment));
        if (problems.Count == 0)
        {
            problems.AddRange(AppStart.FindProblems(models, settings, environment));
        }

        return problems;
    }

    private static List<ConfiguredModel> ReadModels(JsonArray written, List<string> problems)
    {
        var models = new List<ConfiguredModel>();
        foreach (var (model, i) in written.Select((model, i) => (model, i)))
        {
            if (model is not JsonObject fields)
            {
                problems.Add($"{ModelsFile}: [{i}]: must be a model, {{ \"name\": …, \"deployment\": … }}.");
                continue;
            }

            var named = new ConfiguredModel("", fields).Name;
            models.Add(new ConfiguredModel(named is null ? $"{ModelsFile}: [{i}]" : $"{ModelsFile}: [{i}] '{named}'", fields));
        }

        return models;
    }

    private static IEnumerable<string> CheckModel(ConfiguredModel model, HookEnvironment environment)
    {
        if (string.IsNullOrWhiteSpace(model.Name))
        {
            yield return $"{model.Place}: name: missing. Write the name that specs use.";
        }

        if (string.IsNullOrWhiteSpace(model.Deployment))
        {
            yield return $"{model.Place}: deployment: missing. Write the deployment's name (Azure OpenAI) or the model's id.";
        }

        if (model.Fields.ContainsKey("apiKey"))
        {
            yield return $"{model.Place}: apiKey: no key belongs in a file. Put it into a Key Vault and write the secret's address as apiKeySecretUri.";
        }

        if (!model.IsOfAccount)
        {
            yield break;
        }

        if (!environment.HasAccount)
        {
            yield return $"{model.Place}: endpoint: missing, and there is no Azure OpenAI account whose deployment it could be. Run "
                + "`azd env set OPENAI_NAME <account>` and `azd env set OPENAI_RESOURCE_GROUP <its group>`, or `azd env set CREATE_OPENAI true`, "
                + "or write an endpoint.";
        }
        else if (environment.IsTrue("CREATE_OPENAI") && !model.IsCreated && !model.IsTemplate)
        {
            yield return $"{model.Place}: create: missing. The account that is created has no other deployments than those of create: write "
                + "\"create\": { \"model\": …, \"version\": …, \"capacity\": … }, or an endpoint of another account.";
        }
    }

    private static IEnumerable<string> CheckTogether(List<ConfiguredModel> models)
    {
        foreach (
            var named in models
                .Where(model => model.Name is not null)
                .GroupBy(model => model.Name!, StringComparer.OrdinalIgnoreCase)
                .Where(same => same.Count() > 1)
        )
        {
            yield return $"{named.Last().Place}: name: another model has this name ({named.First().Place}). Give each its own.";
        }

        foreach (
            var deployed in models
                .Where(model => model.IsCreated && model.Deployment is not null)
                .GroupBy(model => model.Deployment!, StringComparer.OrdinalIgnoreCase)
                .Where(same => same.Count() > 1)
        )
        {
            yield return $"{deployed.Last().Place}: create: another model creates the deployment '{deployed.Key}' too "
                + $"({deployed.First().Place}). Leave one create out.";
        }
    }

    private static IEnumerable<string> CheckSettings(JsonObject settings)
    {
        foreach (var (name, value) in settings)
        {
            if (value is not JsonValue scalar)
            {
                yield return $"{SettingsFile}: {name}: must be a text, a number, true or false.";
            }
            else if (IsSecret(name) && !scalar.ToString().StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal))
            {
                yield return $"{SettingsFile}: {name}: no key belongs in a file. Put it into a Key Vault and write "
                    + "@Microsoft.KeyVault(SecretUri=https://my-vault.vault.azure.net/secrets/my-key).";
            }
        }
    }

    private static IEnumerable<string> CheckVariables(List<ConfiguredModel> models, HookEnvironment environment)
    {
        if (environment.Find("DURABLE_TASK_SCHEDULER") is not null && environment.Find("DurableTaskSchedulerPackage") is null)
        {
            yield return "DURABLE_TASK_SCHEDULER: the app would be published without the engine's package. "
                + "Set the environment variable DurableTaskSchedulerPackage to its version (docs/adr/0024-durable-task-scheduler.md).";
        }

        if (environment.IsTrue("CREATE_OPENAI") && environment.Find("OPENAI_NAME") is { } account)
        {
            yield return $"CREATE_OPENAI: is true, and OPENAI_NAME names the account '{account}': only one of them is used. "
                + "Run `azd env set CREATE_OPENAI false` or `azd env set OPENAI_NAME \"\"`.";
        }

        if (environment.Find("FINE_TUNING_MODEL") is not { } tuned)
        {
            if (environment.IsTrue("DEPLOY_TUNED_MODELS"))
            {
                yield return "DEPLOY_TUNED_MODELS: is true without FINE_TUNING_MODEL. "
                    + "Run `azd env set FINE_TUNING_MODEL 'tuned/*'`, or `azd env set DEPLOY_TUNED_MODELS false`.";
            }

            yield break;
        }

        if (!tuned.Contains('*', StringComparison.Ordinal))
        {
            yield return $"FINE_TUNING_MODEL: '{tuned}' is no template: it needs a * in place of the deployment's name, such as tuned/*.";
        }
        else if (!models.Exists(model => model.Name == tuned))
        {
            yield return $"{ModelsFile}: has no model '{tuned}', which FINE_TUNING_MODEL names. Add "
                + $$"""{ "name": "{{tuned}}", "deployment": "*" }, or run `azd env set FINE_TUNING_MODEL ""`.""";
        }

        if (!environment.HasAccount)
        {
            yield return "FINE_TUNING_MODEL: there is no Azure OpenAI account to tune models in. "
                + "Run `azd env set OPENAI_NAME <account>` and `azd env set OPENAI_RESOURCE_GROUP <its group>`, or `azd env set CREATE_OPENAI true`.";
        }
    }

    private static bool IsSecret(string name) =>
        name.EndsWith("ApiKey", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("Secret", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("Token", StringComparison.OrdinalIgnoreCase);
}
