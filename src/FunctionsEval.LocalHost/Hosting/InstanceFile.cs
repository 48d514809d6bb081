using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>The facts about a running local host for other programs.</summary>
/// <param name="AppUrl">Where the app answers, with a trailing slash.</param>
/// <param name="StorageConnectionString">The storage account it works on.</param>
/// <param name="SampleModelsUrl">Where the sample models answer, if they run.</param>
/// <param name="HostPid">The host's process id.</param>
/// <param name="HostStartedUtc">When the host's process started: ids are reused.</param>
/// <param name="WorkerPid">The process that runs the app's code.</param>
/// <param name="DataDirectory">Where the emulator's data and <c>host.log</c> are.</param>
public sealed record LocalInstance(
    Uri AppUrl,
    string StorageConnectionString,
    Uri? SampleModelsUrl,
    int HostPid,
    DateTime HostStartedUtc,
    int WorkerPid,
    string DataDirectory
);

/// <summary>The file a running host leaves for others to find it by; it exists only while that host is ready.</summary>
public sealed class InstanceFile : IDisposable
{
    /// <summary>Where the file is unless said otherwise, seen from the current directory.</summary>
    public const string DefaultPath = ".functionseval/instance.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly string _path;
    private readonly LocalFunctionsHost _host;
    private readonly Uri? _sampleModelsUrl;

    private InstanceFile(string path, LocalFunctionsHost host, Uri? sampleModelsUrl)
    {
        _path = path;
        _host = host;
        _sampleModelsUrl = sampleModelsUrl;
    }

    /// <summary>
    /// Returns the running instance, or null when there is none, even if a killed host left its file.
    /// </summary>
    public static LocalInstance? Find(string path = DefaultPath)
    {
        try
        {
            var instance = JsonSerializer.Deserialize<LocalInstance>(File.ReadAllText(path), Json);
            using var process = instance is null ? null : new ProcessIdentity(instance.HostPid, instance.HostStartedUtc).Find();
            return process is null ? null : instance;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Announces a host of this process. A file left over by a killed host is overwritten.</summary>
    /// <exception cref="LocalHostException">Another host is announced there and still runs.</exception>
    public static InstanceFile Write(string path, LocalFunctionsHost host, Uri? sampleModelsUrl)
    {
        ThrowIfRunning(path);
        var file = new InstanceFile(Path.GetFullPath(path), host, sampleModelsUrl);
        Directory.CreateDirectory(Path.GetDirectoryName(file._path)!);
        file.Write();
        host.WorkerRestarted += file.OnWorkerRestarted;
        return file;
    }

    /// <summary>Refuses to go on when a host is announced at <paramref name="path"/>.</summary>
    /// <exception cref="LocalHostException">A host is announced there and runs.</exception>
    public static void ThrowIfRunning(string path)
    {
        if (Find(path) is { } running)
        {
            throw new LocalHostException(
                $"A local host runs already at {running.AppUrl} (process {running.HostPid}, announced in '{path}'). "
                    + "Stop it, or choose other places with --instance and --data."
            );
        }
    }

    /// <summary>Takes the announcement back.</summary>
    public void Dispose()
    {
        _host.WorkerRestarted -= OnWorkerRestarted;
        File.Delete(_path);
    }

    private void OnWorkerRestarted(object? sender, EventArgs arguments) => Write();

    private void Write()
    {
        var self = ProcessIdentity.Current;
        var instance = new LocalInstance(
            _host.AppUrl,
            _host.StorageConnectionString,
            _sampleModelsUrl,
            self.Id,
            self.StartedUtc,
            _host.WorkerPid,
            _host.DataDirectory
        );

        // Readers poll for the file: they must never see half of it.
        var temporary = $"{_path}.{self.Id}.tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(instance, Json));
        File.Move(temporary, _path, overwrite: true);
    }
}
