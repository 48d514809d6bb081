using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;
using FunctionsEval.LocalHost.SampleModels;

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
            // Whatever went wrong, what was started has processes, which must not outlive it.
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
