using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>The <c>endpoint</c> command in a process of its own. It ends when its standard input is closed.</summary>
internal sealed class EndpointProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private EndpointProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _http = new HttpClient { BaseAddress = address };
    }

    /// <summary>Where it answers; the models are below <c>v1/</c>.</summary>
    public Uri Address { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it.</summary>
    /// <param name="latencyMs">How long it takes for an answer.</param>
    public static async Task<EndpointProcess> StartAsync(int latencyMs)
    {
        var process = Self.Start("endpoint", "--latency", latencyMs.ToString(CultureInfo.InvariantCulture));
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The endpoint did not start.");
        return new EndpointProcess(process, new Uri(address));
    }

    /// <summary>What it saw since it was last asked.</summary>
    public async Task<EndpointLedger> ReadAsync() => (await _http.GetFromJsonAsync<EndpointLedger>("/ledger"))!;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
