using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>The built function app on disk, and the settings it runs with.</summary>
internal sealed class FunctionApp
{
    private const string DevelopmentStorage = "UseDevelopmentStorage=true";

    private FunctionApp(string directory, string workerAssembly, IConfiguration hostJson, IReadOnlyDictionary<string, string> settings)
    {
        Directory = directory;
        WorkerAssembly = workerAssembly;
        HostJson = hostJson;
        Settings = settings;
    }

    /// <summary>The app's output folder.</summary>
    public string Directory { get; }

    /// <summary>Full path of the assembly to start with <c>dotnet</c>.</summary>
    public string WorkerAssembly { get; }

    /// <summary>The app's <c>host.json</c>.</summary>
    public IConfiguration HostJson { get; }

    /// <summary>The app settings: the worker's environment, and what binding expressions such as <c>%NAME%</c> resolve against.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Reads the app at <see cref="LocalHostOptions.AppDirectory"/>.</summary>
    /// <exception cref="LocalHostException">The folder is not a built function app, or one of its files is malformed.</exception>
    public static FunctionApp Load(LocalHostOptions options)
    {
        var directory = Path.GetFullPath(options.AppDirectory ?? RepositoryLayout.FunctionAppDirectory);
        var workerConfig = Path.Combine(directory, "worker.config.json");
        var hostJson = Path.Combine(directory, "host.json");
        if (!File.Exists(workerConfig) || !File.Exists(hostJson))
        {
            throw new LocalHostException(
                $"'{directory}' is not a built function app: worker.config.json or host.json is missing. "
                    + "Run 'dotnet build src/FunctionsEval.Functions', or name another folder with --app."
            );
        }

        using var worker = ReadJson(workerConfig);
        var assembly = Path.Combine(directory, worker.RootElement.GetProperty("description").GetProperty("defaultWorkerPath").GetString()!);
        if (!File.Exists(assembly))
        {
            throw new LocalHostException(
                $"The function app's assembly '{assembly}' is missing. Run 'dotnet build src/FunctionsEval.Functions'."
            );
        }

        try
        {
            return new FunctionApp(
                directory,
                assembly,
                new ConfigurationBuilder().AddJsonFile(hostJson).Build(),
                CollectSettings(directory, options)
            );
        }
        catch (InvalidDataException error)
        {
            throw new LocalHostException($"'{hostJson}' is not valid: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    /// <summary>The same app on a given storage account. Settings that name the emulator's default address follow.</summary>
    public FunctionApp WithStorage(string connectionString)
    {
        var settings = Settings.ToDictionary(
            setting => setting.Key,
            setting => setting.Value == DevelopmentStorage ? connectionString : setting.Value,
            StringComparer.OrdinalIgnoreCase
        );
        settings["AzureWebJobsStorage"] = connectionString;
        return new FunctionApp(Directory, WorkerAssembly, HostJson, settings);
    }

    private static Dictionary<string, string> CollectSettings(string directory, LocalHostOptions options)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            // These say "you run in Azure" to the Durable extension, which then behaves as on a Consumption plan.
            var name = (string)variable.Key;
            if (name != "CONTAINER_NAME" && !name.StartsWith("WEBSITE_", StringComparison.Ordinal))
            {
                settings[name] = (string?)variable.Value ?? "";
            }
        }

        var localSettings = options.LocalSettingsFile ?? Path.Combine(directory, "local.settings.json");
        if (File.Exists(localSettings))
        {
            foreach (var (name, value) in ReadLocalSettings(localSettings))
            {
                settings[name] = value;
            }
        }
        else if (options.LocalSettingsFile is not null)
        {
            throw new LocalHostException($"The settings file '{localSettings}' does not exist.");
        }

        foreach ((var name, var value) in options.Settings)
        {
            settings[name] = value;
        }

        settings["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        settings["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
        return settings;
    }

    /// <summary>The app settings in a <c>local.settings.json</c>.</summary>
    /// <exception cref="LocalHostException">It is no JSON, or no such file; or a setting is there twice, or no single value.</exception>
    public static Dictionary<string, string> ReadLocalSettings(string path)
    {
        using var json = ReadJson(path);
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new LocalHostException($"'{path}' must be an object, {{ \"Values\": {{ … }} }}.");
        }

        if (!json.RootElement.TryGetProperty("Values", out var values))
        {
            return settings;
        }

        if (values.ValueKind != JsonValueKind.Object)
        {
            throw new LocalHostException($"'{path}': Values: must be an object of settings by name, {{ }}.");
        }

        foreach (var setting in values.EnumerateObject())
        {
            if (setting.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw new LocalHostException(
                    $"'{path}': Values: {setting.Name}: must be a text, a number, true or false. Write nested settings as names with __."
                );
            }

            if (!settings.TryAdd(setting.Name, setting.Value.ToString()))
            {
                throw new LocalHostException(
                    $"'{path}': Values: {setting.Name}: is there twice, upper and lower case being the same. Leave one out."
                );
            }
        }

        return settings;
    }

    private static JsonDocument ReadJson(string path)
    {
        try
        {
            var utf8 = File.ReadAllBytes(path).AsMemory();
            utf8 = utf8.Span.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
            var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return JsonFault.Find(utf8.Span, options) is { } fault
                ? throw new LocalHostException(
                    string.Create(CultureInfo.InvariantCulture, $"'{path}', line {fault.Line}, column {fault.Column}: {fault.Problem}.")
                )
                : JsonDocument.Parse(
                    utf8,
                    new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
                );
        }
        catch (JsonException error)
        {
            throw new LocalHostException($"'{path}' is not valid JSON: {error.Message}", error);
        }
    }
}
