using System.Globalization;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>What a pipeline is measured on.</summary>
internal sealed record PipelineOptions
{
    /// <summary>Rows of the dataset.</summary>
    public required int Samples { get; init; }

    /// <summary>How long the endpoint takes for an answer.</summary>
    public required int LatencyMs { get; init; }

    /// <summary>Requests at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>An endpoint that runs already; null starts one.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Whether evaluations are asked for by HTTP, or begin because their dataset arrives.</summary>
    public bool ByPost { get; init; }

    /// <summary>Whether storage goes through a proxy that counts.</summary>
    public bool CountsTransactions { get; init; }

    /// <summary>A checkout, built in Release, to compare with; null for none.</summary>
    public string? Before { get; init; }

    /// <summary>How often each side is measured.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Whether a bare loop is measured too.</summary>
    public bool WithBareLoop { get; init; }

    /// <summary>App settings.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The time that the endpoint's latency and the concurrency alone take.</summary>
    public TimeSpan Ideal => TimeSpan.FromMilliseconds((double)Samples * LatencyMs / Concurrency);
}

/// <summary>
/// <c>pipeline</c>: the whole app on this machine as <c>up</c> runs it, from a dropped dataset to its verdict. Host, worker, storage and
/// endpoint are processes of their own. With another checkout, both are measured in turn. A smaller run of each leaves start-up behind.
/// </summary>
internal static class PipelineCommand
{
    /// <summary>Measures and prints.</summary>
    public static async Task<int> RunAsync(PipelineOptions options)
    {
        var directory = Directory.CreateTempSubdirectory("functionseval-pipeline-");
        await using var endpoint = options.Endpoint is null ? await EndpointProcess.StartAsync(options.LatencyMs) : null;
        var stacks = new List<MeasuredStack>();
        try
        {
            var address = options.Endpoint ?? endpoint!.Address;
            foreach (var (name, checkout) in CheckoutsOf(options))
            {
                var data = Path.Combine(directory.FullName, name);
                stacks.Add(await MeasuredStack.StartAsync(name, checkout, data, options, address, endpoint?.Id));
            }

            return await MeasureAsync(options, stacks, endpoint, address, directory.FullName);
        }
        finally
        {
            foreach (var stack in stacks)
            {
                await stack.DisposeAsync();
            }

            directory.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string Name, string Checkout)> CheckoutsOf(PipelineOptions options) =>
        options.Before is { } before
            ? [("before", Path.GetFullPath(before)), ("after", MeasuredStack.ThisCheckout)]
            : [("this", MeasuredStack.ThisCheckout)];

    private static async Task<int> MeasureAsync(
        PipelineOptions options,
        List<MeasuredStack> stacks,
        EndpointProcess? endpoint,
        Uri address,
        string directory
    )
    {
        var warmUp = Path.Combine(directory, "warm-up.jsonl");
        var rows = Path.Combine(directory, "rows.jsonl");
        await MeasuredDataset.WriteAsync(warmUp, MeasuredDataset.WarmUpSamples);
        await MeasuredDataset.WriteAsync(rows, options.Samples);
        foreach (var stack in stacks)
        {
            await PipelineRun.MeasureAsync(stack, "warm-up", warmUp, MeasuredDataset.WarmUpSamples, byPost: true, endpoint);
        }

        var report = new PipelineReport(options);
        report.PrintHead();
        for (var round = 1; round <= options.Rounds; round++)
        {
            if (options.WithBareLoop)
            {
                report.Add(await BareCommand.MeasureAsync(address, rows, options.Concurrency));
            }

            foreach (var stack in stacks)
            {
                var history = await DurableHistory.ReadAsync(stack.StorageConnectionString);
                var suite = string.Create(CultureInfo.InvariantCulture, $"measured-{round}");
                var figures = await PipelineRun.MeasureAsync(stack, suite, rows, options.Samples, options.ByPost, endpoint);
                report.Add(stack, figures);
                await history.PrintGrowthAsync(stack.StorageConnectionString, figures.RunId);
            }
        }

        report.PrintRatios();
        return report.IsWhole ? 0 : 1;
    }
}
