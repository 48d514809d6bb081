using System.Globalization;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>
/// <c>pipeline --hosts 1,2,4</c>: the same dataset on so many hosts that share one storage, each with its part of the concurrency, so that
/// the ideal time is the same for all.
/// </summary>
internal static class HostsCommand
{
    /// <summary>Measures each number of hosts and prints.</summary>
    /// <param name="options">What is measured; the concurrency is that of all hosts together.</param>
    /// <param name="counts">How many hosts.</param>
    public static async Task<int> RunAsync(PipelineOptions options, IReadOnlyList<int> counts)
    {
        Print(
            $"{options.Samples:N0} samples, {options.LatencyMs} ms, concurrency {options.Concurrency} in all, ideal {options.Ideal.TotalSeconds:0.00} s"
        );
        Print(
            $"| hosts | wall ÷ ideal | first call → last answer | last answer → Completed | CPU s: workers | hosts | Azurite | calls of each, from and to |"
        );
        Print($"|---|---|---|---|---|---|---|---|");
        var areWhole = true;
        foreach (var count in counts)
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                areWhole &= await MeasureAsync(options, count);
            }
        }

        return areWhole ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(PipelineOptions options, int count)
    {
        var directory = Directory.CreateTempSubdirectory("functionseval-hosts-");
        var storage = await AzuriteHost.StartAsync(directory.FullName, withProxy: false);
        var (stacks, endpoints) = (new List<MeasuredStack>(), new List<EndpointProcess>());
        var share = options with { Concurrency = options.Concurrency / count };
        try
        {
            for (var host = 0; host < count; host++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"host-{host}");
                endpoints.Add(await EndpointProcess.StartAsync(options.LatencyMs));
                var data = Path.Combine(directory.FullName, name);
                var endpoint = endpoints[^1];
                stacks.Add(
                    await MeasuredStack.StartAsync(name, MeasuredStack.ThisCheckout, data, share, endpoint.Address, endpoint.Id, storage)
                );
            }

            return await MeasureAsync(options, stacks, endpoints, directory.FullName);
        }
        finally
        {
            foreach (var part in stacks.Cast<IAsyncDisposable>().Concat(endpoints).Append(storage))
            {
                await part.DisposeAsync();
            }

            directory.Delete(recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(
        PipelineOptions options,
        List<MeasuredStack> stacks,
        List<EndpointProcess> endpoints,
        string directory
    )
    {
        var (warmUp, rows) = (Path.Combine(directory, "warm-up.jsonl"), Path.Combine(directory, "rows.jsonl"));
        // As many for each host as one alone needs to leave its start behind.
        var warmUpSamples = MeasuredDataset.WarmUpSamples * stacks.Count;
        await MeasuredDataset.WriteAsync(warmUp, warmUpSamples);
        await MeasuredDataset.WriteAsync(rows, options.Samples);
        await PipelineRun.MeasureAsync(stacks[0], "warm-up", warmUp, warmUpSamples, byPost: true, endpoint: null);
        await Task.WhenAll(endpoints.Select(endpoint => endpoint.ReadAsync()));
        var before = stacks.ConvertAll(stack => stack.Processes.ReadCpu());
        var run = await PipelineRun.MeasureAsync(stacks[0], "measured", rows, options.Samples, byPost: true, endpoint: null);
        var cpu = stacks.Select((stack, host) => stack.Processes.ReadCpu() - before[host]).ToList();
        var ledgers = await Task.WhenAll(endpoints.Select(endpoint => endpoint.ReadAsync()));
        var (first, last) = (ledgers.Min(ledger => ledger.First)!.Value, ledgers.Max(ledger => ledger.Last)!.Value);
        Print(
            $"| {stacks.Count} | {(run.Ended - first) / options.Ideal:0.000} | {(last - first).TotalSeconds:0.00} s | {(run.Ended - last).TotalSeconds:0.00} s | {cpu.Sum(used => used.Worker.TotalSeconds):0.0} | {cpu.Sum(used => used.Host.TotalSeconds):0.0} | {cpu[0].Azurite.TotalSeconds:0.0} | {string.Join(", ", ledgers.Select(OfHost))} |{(run.IsWhole ? "" : " NOT EVERY SAMPLE WAS SCORED")}"
        );
        return run.IsWhole;

        string OfHost(EndpointLedger ledger) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ledger.Requests} ({(ledger.First - first)?.TotalSeconds:0.0}–{(ledger.Last - first)?.TotalSeconds:0.0} s)"
            );
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
