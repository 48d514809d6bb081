using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FunctionsEval.Functions;
using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Hooks;

/// <summary>
/// Whether the app would start with the settings that the templates make of the files and variables: its own checks say. What is known only
/// in Azure has an address of the right form.
/// </summary>
internal static partial class AppStart
{
    private const string Account = "https://account.openai.azure.com/";
    private const string AccountId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/account";

    /// <summary>What the app's checks say, each with its file.</summary>
    public static IReadOnlyList<string> FindProblems(
        IReadOnlyList<ConfiguredModel> models,
        JsonObject settings,
        HookEnvironment environment
    )
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(SettingsOf(models, settings, environment)).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        try
        {
            services.AddSingleton(TaskHub.From(configuration)).AddAppSettings(configuration);
            using var provider = services.BuildServiceProvider();
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return [.. invalid.Failures.Select(Place)];
        }
        catch (AggregateException several)
        {
            return [.. several.InnerExceptions.SelectMany(FailuresOf).Select(Place)];
        }
        catch (InvalidOperationException unreadable)
        {
            return [Place(unreadable.Message)]; // A value that is no number, or no time.
        }
    }

    private static IEnumerable<string> FailuresOf(Exception one) =>
        one is OptionsValidationException invalid ? invalid.Failures : [one.Message];

    /// <summary>As <c>infra/modules/function-app.bicep</c> makes them. Settings win.</summary>
    private static Dictionary<string, string?> SettingsOf(
        IReadOnlyList<ConfiguredModel> models,
        JsonObject settings,
        HookEnvironment environment
    )
    {
        var made = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (model, i) in models.Select((model, i) => (model, i)))
        {
            if (model.IsOfAccount)
            {
                made[$"Models:{i}:Endpoint"] = Account;
            }

            foreach (var (name, value) in model.Fields.Where(field => field.Key != "create"))
            {
                made[$"Models:{i}:{(name == "apiKeySecretUri" ? "ApiKey" : name)}"] = value?.ToString();
            }
        }

        if (environment.Find("FINE_TUNING_MODEL") is { } tuned)
        {
            made["FineTuning:Model"] = tuned;
            made["FineTuning:Endpoint"] = Account;
            made["FineTuning:ResourceId"] = AccountId;
            made["FineTuning:Deploy"] = environment.IsTrue("DEPLOY_TUNED_MODELS") ? "true" : null;
        }

        foreach (var (name, value) in settings)
        {
            made[name.Replace("__", ":", StringComparison.Ordinal)] = Resolve(name, value?.ToString());
        }

        return made;
    }

    /// <summary>The platform puts the secret in a reference's place before the app reads it: one of the right form stands for it.</summary>
    private static string? Resolve(string name, string? value) =>
        value?.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal) != true ? value
        : name.EndsWith("Secret", StringComparison.OrdinalIgnoreCase) ? $"whsec_{Convert.ToBase64String(new byte[32])}"
        : name.EndsWith("Url", StringComparison.OrdinalIgnoreCase) ? "https://secret.example/"
        : "secret";

    /// <summary>A message about a setting, as one about the field that it is made of.</summary>
    private static string Place(string message) =>
        Model().IsMatch(message)
            ? Model()
                .Replace(
                    message,
                    setting =>
                        $"infra/models.json: [{setting.Groups[1].Value}]: {char.ToLowerInvariant(setting.Groups[2].Value[0])}{setting.Groups[2].Value[1..]}",
                    count: 1
                )
            : $"infra/settings.json: {message}";

    [GeneratedRegex("^Models__([0-9]+)__([A-Za-z]+)")]
    private static partial Regex Model();
}
