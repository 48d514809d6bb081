using System.CommandLine;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;
using FunctionsEval.LocalHost.SampleModels;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>All that a command needs to work with the app: sample models, host and its announcement, stopped together.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private readonly SampleModelServer? _sampleModels;
    private readonly InstanceFile _instance;

    private LocalStack(SampleModelServer? sampleModels, LocalFunctionsHost host, InstanceFile instance)
    {
        _sampleModels = sampleModels;
        Host = host;
        _instance = instance;
    }

    /// <summary>The running host.</summary>
    public LocalFunctionsHost Host { get; }

    /// <summary>Where the sample models answer, or null when they were not asked for.</summary>
    public Uri? SampleModelsUrl => _sampleModels?.Endpoint;

    /// <summary>Starts what <paramref name="options"/> ask for.</summary>
    /// <param name="options">How to start the host; its settings win over those of the sample models.</param>
    /// <param name="instancePath">Where to announce the host.</param>
    /// <param name="withSampleModels">Whether to start the sample models and configure them as models of the app.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="LocalHostException">Something could not start; the message says what to do.</exception>
    public static async Task<LocalStack> StartAsync(
        LocalHostOptions options,
        string instancePath,
        bool withSampleModels,
        CancellationToken cancellationToken
    )
    {
        InstanceFile.ThrowIfRunning(instancePath);
        SampleModelServer? sampleModels = null;
        LocalFunctionsHost? host = null;
        try
        {
            if (withSampleModels)
            {
                sampleModels = await SampleModelServer.StartAsync(RepositoryLayout.SamplesDirectory, port: 0, cancellationToken);
                options = options with { Settings = Configure(sampleModels, options.Settings) };
            }
            host = await LocalFunctionsHost.StartAsync(options, cancellationToken);
            return new LocalStack(sampleModels, host, InstanceFile.Write(instancePath, host, sampleModels?.Endpoint));
        }
        catch
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }

            if (sampleModels is not null)
            {
                await sampleModels.DisposeAsync();
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _instance.Dispose();
        await Host.DisposeAsync();
        if (_sampleModels is not null)
        {
            await _sampleModels.DisposeAsync();
        }
    }

    /// <summary>Makes each sample model a configured model of the app; settings given by hand win.</summary>
    private static Dictionary<string, string> Configure(SampleModelServer sampleModels, IReadOnlyDictionary<string, string> given)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var id in sampleModels.ModelIds)
        {
            settings[$"Models__{id}__Provider"] = "OpenAICompatible";
            settings[$"Models__{id}__Endpoint"] = new Uri(sampleModels.Endpoint, "v1").AbsoluteUri;
            settings[$"Models__{id}__Deployment"] = id;
            // Scoring a given text takes the older API, which can echo the prompt with log probabilities.
            if (id.StartsWith("lm-", StringComparison.Ordinal))
            {
                settings[$"Models__{id}__Api"] = "Completions";
            }
        }
        foreach ((var name, var value) in given)
        {
            settings[name] = value;
        }

        return settings;
    }
}

/// <summary>The command-line options of every command that starts the host.</summary>
internal sealed class LocalStackOptions
{
    private const int DefaultAppPort = 7071;
    private const int DefaultAzuritePort = 10000;
    private const string LocalSettings = "local.settings.json";

    public Option<string> Data { get; } =
        new("--data")
        {
            Description = "Where the storage emulator keeps its data, and the log file.",
            HelpName = "DIR",
            DefaultValueFactory = _ => ".functionseval/data",
        };

    public Option<string> Instance { get; } =
        new("--instance")
        {
            Description = "The file that tells other programs how to reach this host.",
            HelpName = "PATH",
            DefaultValueFactory = _ => InstanceFile.DefaultPath,
        };

    public Option<int> AppPort { get; } =
        new("--app-port")
        {
            Description = "The port for HTTP functions; another one is chosen when it is taken.",
            HelpName = "PORT",
            DefaultValueFactory = _ => DefaultAppPort,
        };

    public Option<string?> App { get; } =
        new("--app")
        {
            Description = "The built function app to run. Default: this working copy's FunctionsEval.Functions.",
            HelpName = "DIR",
        };

    public Option<string?> Storage { get; } =
        new("--storage")
        {
            Description = "Connection string of the storage account to use. Default: an emulator is started.",
            HelpName = "CONNECTION",
        };

    public Option<string[]> Set { get; } =
        new("--set")
        {
            Description = "An app setting; may be repeated. It wins over local.settings.json and the environment.",
            HelpName = "KEY=VALUE",
            DefaultValueFactory = _ => [],
        };

    public Option<bool> NoSamples { get; } = new("--no-samples") { Description = "Do not start the sample models." };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Show every log record, not only warnings and errors." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Data, Instance, AppPort, App, Storage, Set, NoSamples, Verbose])
        {
            command.Add(option);
        }

        Set.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"'{token.Value}' is not of the form KEY=VALUE.");
            }
        });
    }

    /// <summary>Translates the command line.</summary>
    public LocalHostOptions CreateHostOptions(ParseResult parsed, IAnsiConsole console)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in parsed.GetRequiredValue(Set))
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            settings[setting[..equals]] = setting[(equals + 1)..];
        }
        return new LocalHostOptions
        {
            AppDirectory = parsed.GetValue(App),
            DataDirectory = parsed.GetRequiredValue(Data),
            AppPort = parsed.GetValue(AppPort),
            AzuritePort = DefaultAzuritePort,
            StorageConnectionString = parsed.GetValue(Storage),
            Settings = settings,
            LocalSettingsFile = File.Exists(LocalSettings) ? Path.GetFullPath(LocalSettings) : null,
            Notice = text => console.MarkupLineInterpolated($"[yellow]{text}[/]"),
            LoggerProvider = new ConsoleLog(console, parsed.GetValue(Verbose)),
        };
    }
}
