using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>
/// Azurite's tables in a process of their own, without data. Where Node.js or the installation is missing, tests that use them are skipped.
/// </summary>
public sealed partial class AzuriteTables : IAsyncLifetime
{
    // The emulator's well-known account; its key protects nothing.
    private const string Account = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string Installation = Path.Combine(Repository.Root, "src", "FunctionsEval.LocalHost", "Azurite");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("functionseval-azurite");
    private Process? _process;
    private TableServiceClient? _service;
    private string? _missing;

    public TableServiceClient Service
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _service!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists(Path.Combine(Installation, "node_modules")))
        {
            _missing = $"Azurite is not installed. Run 'npm ci' in {Installation}, or the end-to-end tests once, which do.";
            return;
        }

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
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            _missing = "Azurite needs Node.js: 'node' was not found on the PATH.";
            return;
        }

        var endpoint = await FindTableEndpointAsync(_process.StandardOutput);
        _service = new TableServiceClient(
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};TableEndpoint={new Uri(endpoint)}{Account};"
        );
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
    private static async Task<string> FindTableEndpointAsync(StreamReader output)
    {
        var endpoints = new List<string>();
        while (endpoints.Count < 3 && await output.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                endpoints.Add(match.Groups[1].Value);
            }
        }

        return endpoints.Count == 3 ? endpoints[2] : throw new InvalidOperationException("Azurite ended while it was starting.");
    }

    [GeneratedRegex(@"successfully listening at (http://\S+)")]
    private static partial Regex Listening();
}
