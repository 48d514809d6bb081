using System.CommandLine;
using FunctionsEval.LocalHost.Hosting;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>The command-line options of every command that starts the host.</summary>
internal sealed class LocalStackOptions
{
    /// <summary>Where <c>up</c> puts the app unless told otherwise.</summary>
    public const int DefaultAppPort = 7071;

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
            Description = "The port for HTTP functions; another one is chosen when it is in use.",
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

    public SettingsOption Set { get; } = new();

    public Option<bool> NoSamples { get; } = new("--no-samples") { Description = "Do not start the sample models." };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Show every log record, not only warnings and errors." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Data, Instance, AppPort, App, Storage, Set.Option, NoSamples, Verbose])
        {
            command.Add(option);
        }
    }

    /// <summary>The settings file of the current directory; null for none.</summary>
    public static string? FindLocalSettings() => File.Exists(LocalSettings) ? Path.GetFullPath(LocalSettings) : null;

    /// <summary>Translates the command line.</summary>
    public LocalHostOptions CreateHostOptions(ParseResult parsed, IAnsiConsole console)
    {
        return new LocalHostOptions
        {
            AppDirectory = parsed.GetValue(App),
            DataDirectory = parsed.GetRequiredValue(Data),
            AppPort = parsed.GetValue(AppPort),
            AzuritePort = DefaultAzuritePort,
            StorageConnectionString = parsed.GetValue(Storage),
            Settings = Set.Read(parsed),
            LocalSettingsFile = FindLocalSettings(),
            Notice = text => console.MarkupLineInterpolated($"[yellow]{text}[/]"),
            LoggerProvider = new ConsoleLog(console, parsed.GetValue(Verbose)),
        };
    }
}
