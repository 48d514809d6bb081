namespace FunctionsEval.LocalHost.Hosting;

/// <summary>What <see cref="LocalFunctionsHost.StartAsync"/> needs to know.</summary>
public sealed record LocalHostOptions
{
    /// <summary>
    /// The function app's build or publish output: the folder with <c>worker.config.json</c> and <c>host.json</c>. Default null: the output
    /// of this working copy's FunctionsEval.Functions.
    /// </summary>
    public string? AppDirectory { get; init; }

    /// <summary>Holds the emulator's data and the log file. One host at a time may use it; it is created when missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// The port wanted for HTTP functions, 127.0.0.1 only. When it is taken another one is chosen. Default 0: any free port.
    /// </summary>
    public int AppPort { get; init; }

    /// <summary>
    /// The first of the three consecutive ports wanted for blobs, queues and tables. When one is taken all three are chosen anew. Default
    /// 0: any free ports.
    /// </summary>
    public int AzuritePort { get; init; }

    /// <summary>The storage account to use instead of starting Azurite. Default null: Azurite is started.</summary>
    public string? StorageConnectionString { get; init; }

    /// <summary>App settings. They win over <see cref="LocalSettingsFile"/>, which wins over the environment. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// A <c>local.settings.json</c> whose <c>Values</c> become app settings. Default null: the one in <see cref="AppDirectory"/>, if there
    /// is one.
    /// </summary>
    public string? LocalSettingsFile { get; init; }

    /// <summary>
    /// Receives what a person should know, such as a port that was taken; several threads may call it. Default: nothing is reported.
    /// </summary>
    public Action<string> Notice { get; init; } = static _ => { };

    /// <summary>
    /// Receives, by function, every orchestration as it is handed to the worker: its whole history, so that it can be kept and replayed.
    /// Default null: nobody.
    /// </summary>
    internal Action<string, string>? OrchestrationHandedOut { get; init; }

    /// <summary>Receives every record that also goes to the log file. Default null: the log file only.</summary>
    public ILoggerProvider? LoggerProvider { get; init; }
}
