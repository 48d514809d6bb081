using System.Diagnostics;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using FunctionsEval.LocalHost.Azurite;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Tests that share one Azurite.</summary>
[CollectionDefinition]
public sealed class OneAzurite : ICollectionFixture<AzuriteStorage>;

/// <summary>Azurite in a process of its own, without data; it is installed as the local host installs it.</summary>
public sealed partial class AzuriteStorage : IAsyncLifetime
{
    // The emulator's well-known account; its key protects nothing.
    private const string Account = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string Installation = Path.Combine(Repository.Root, "src", "FunctionsEval.LocalHost", "Azurite");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("functionseval-azurite");
    private Process? _process;

    public string ConnectionString { get; private set; } = "";

    public BlobServiceClient Blobs { get; private set; } = null!;

    public TableServiceClient Tables { get; private set; } = null!;

    public QueueServiceClient Queues { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await AzuriteInstallation.EnsureAsync(Installation, _ => { }, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(
            "node",
            [
                Path.Combine(Installation, "start.js"),
                .. new[] { "blob", "queue", "table" }.SelectMany(service =>
                    (string[])[$"--{service}Host", "127.0.0.1", $"--{service}Port", "0"]
                ),
                "--location",
                _data.FullName,
                "--silent",
                "--skipApiVersionCheck",
                "--disableTelemetry",
            ]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        var endpoints = await ReadEndpointsAsync(_process.StandardOutput);
        ConnectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};"
            + $"BlobEndpoint={endpoints[0]}{Account};QueueEndpoint={endpoints[1]}{Account};TableEndpoint={endpoints[2]}{Account};";
        Blobs = new BlobServiceClient(ConnectionString);
        Tables = new TableServiceClient(ConnectionString);
        Queues = new QueueServiceClient(ConnectionString);
    }

    /// <summary>Azurite ends with its input.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _data.Delete(recursive: true);
    }

    /// <summary>It prints where blobs, queues and tables are, in this order.</summary>
    private static async Task<List<Uri>> ReadEndpointsAsync(StreamReader output)
    {
        var endpoints = new List<Uri>();
        while (endpoints.Count < 3 && await output.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                endpoints.Add(new Uri(match.Groups[1].Value));
            }
        }

        return endpoints.Count == 3 ? endpoints : throw new InvalidOperationException("Azurite ended while it was starting.");
    }

    [GeneratedRegex(@"successfully listening at (http://\S+)")]
    private static partial Regex Listening();
}
