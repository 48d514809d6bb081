using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FunctionsEval.LocalHost.Azurite;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// One Azurite for the apps of all tests, each with an account of its own; its data is in memory. It starts when the first account is
/// opened, and ends with its input, which this process holds until it ends.
/// </summary>
internal sealed partial class SharedAzurite
{
    /// <summary>More than tests start apps; Azurite takes accounts at its start alone.</summary>
    private const int Accounts = 200;

    /// <summary>How start.js begins a line about a blob that was stored.</summary>
    private const string UploadLine = "uploaded ";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);

    private static readonly Lazy<Task<SharedAzurite>> Started = new(StartAsync);

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly string _prefix = $"test{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
    private readonly ConcurrentDictionary<string, Action<string>> _watchers = new(StringComparer.Ordinal);
    private readonly List<string> _endpoints = [];
    private readonly OutputTail _tail = new(20);
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _opened;
    private Process? _process;

    /// <summary>An account that nobody else has.</summary>
    public static async Task<AzuriteAccount> OpenAccountAsync()
    {
        var azurite = await Started.Value;
        Assert.True(azurite._process is { HasExited: false }, $"Azurite has ended:\n{string.Join("\n", azurite._tail.Lines)}");
        var number = Interlocked.Increment(ref azurite._opened);
        Assert.True(number <= Accounts, $"Tests opened more than {Accounts} accounts.");
        return new AzuriteAccount(azurite, azurite.NameOf(number));
    }

    /// <summary>How to reach an account.</summary>
    public string ConnectionStringOf(string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={_key};"
        + $"BlobEndpoint={_endpoints[0]}/{account};QueueEndpoint={_endpoints[1]}/{account};TableEndpoint={_endpoints[2]}/{account};";

    /// <summary>Tells of datasets that are stored in an account from now on, and of them nobody else.</summary>
    public void Watch(string account, Action<string> uploaded) => _watchers[account] = uploaded;

    private static async Task<SharedAzurite> StartAsync()
    {
        var installation = RepositoryLayout.AzuriteDirectory;
        await AzuriteInstallation.EnsureAsync(installation, _ => { }, CancellationToken.None);
        var azurite = new SharedAzurite();
        var start = new ProcessStartInfo(
            "node",
            [
                Path.Combine(installation, "start.js"),
                .. new[] { "blob", "queue", "table" }.SelectMany(service =>
                    (string[])[$"--{service}Host", "127.0.0.1", $"--{service}Port", "0"]
                ),
                "--inMemoryPersistence",
                "--silent",
                "--skipApiVersionCheck",
                "--disableTelemetry",
            ]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(
            ';',
            Enumerable.Range(1, Accounts).Select(number => $"{azurite.NameOf(number)}:{azurite._key}")
        );
        var process = azurite._process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => azurite.Receive(line.Data);
        process.ErrorDataReceived += (_, line) => azurite._tail.Add(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.StandardInput.WriteLineAsync("datasets");
        await process.StandardInput.FlushAsync();
        await azurite._listening.Task.WaitAsync(StartDeadline);
        return azurite;
    }

    private string NameOf(int number) => $"{_prefix}{number:D3}";

    private void Receive(string? line)
    {
        if (line is null)
        {
            _listening.TrySetException(
                new InvalidOperationException($"Azurite ended while it was starting:\n{string.Join("\n", _tail.Lines)}")
            );
            return;
        }

        if (line.StartsWith(UploadLine, StringComparison.Ordinal))
        {
            var path = Uri.UnescapeDataString(line[UploadLine.Length..]);
            var (account, blob) = (path[..path.IndexOf('/')], path[(path.IndexOf('/') + 1)..]);
            _watchers.GetValueOrDefault(account)?.Invoke(blob);
            return;
        }

        _tail.Add(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            _endpoints.Add(match.Groups[1].Value.TrimEnd('/')); // Blobs, queues, tables, in this order.
            if (_endpoints.Count == 3)
            {
                _listening.TrySetResult();
            }
        }
    }

    [GeneratedRegex(@"successfully listening at (http://\S+)")]
    private static partial Regex Listening();
}

/// <summary>An account of the Azurite that all share.</summary>
internal sealed class AzuriteAccount(SharedAzurite azurite, string name)
{
    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; } = azurite.ConnectionStringOf(name);

    /// <summary>Has the datasets told of that are stored in it, in place of whom had before.</summary>
    public void Watch(Action<string> uploaded) => azurite.Watch(name, uploaded);
}
