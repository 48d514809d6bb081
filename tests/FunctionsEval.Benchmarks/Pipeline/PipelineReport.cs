using System.Globalization;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>Prints each measurement as it comes, then the medians of both sides and their ratios.</summary>
internal sealed class PipelineReport(PipelineOptions options)
{
    private readonly Dictionary<string, List<IReadOnlyDictionary<string, double>>> _sides = [];
    private readonly List<double> _bare = [];
    private readonly double _thousands = options.Samples / 1000.0;

    /// <summary>Whether every run completed and scored every sample.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Prints what is measured.</summary>
    public void PrintHead() =>
        Print(
            $"{options.Samples:N0} samples, {options.LatencyMs} ms, concurrency {options.Concurrency}, started by {(options.ByPost ? "a POST" : "a dropped blob")}, ideal {options.Ideal.TotalSeconds:0.00} s"
        );

    /// <summary>Takes and prints what a bare loop took.</summary>
    public void Add(BareResult bare)
    {
        _bare.Add(bare.Cpu.TotalSeconds / _thousands);
        Print(
            $"bare loop: {bare.Wall.TotalSeconds:0.00} s, {options.Samples / bare.Wall.TotalSeconds:N0} samples/s, CPU s per 1,000 samples {_bare[^1]:0.000}"
        );
    }

    /// <summary>Takes and prints a run.</summary>
    public void Add(MeasuredStack stack, PipelineFigures run)
    {
        IsWhole &= run.IsWhole;
        var figures = FiguresOf(stack, run).ToDictionary(figure => figure.Name, figure => figure.Value);
        if (!_sides.TryGetValue(stack.Name, out var side))
        {
            _sides.Add(stack.Name, side = []);
        }

        side.Add(figures);
        Print($"{stack.Name}{(run.IsWhole ? "" : ": NOT EVERY SAMPLE WAS SCORED")}");
        foreach (var (name, value) in figures)
        {
            Print($"  {name, -44} {Format(value)}");
        }

        if (run.Transactions is { } transactions)
        {
            var counts = transactions.OrderByDescending(count => count.Value).Select(count => $"{count.Key} {PerThousand(count.Value)}");
            Print($"  of them {string.Join(", ", counts)}");
        }
    }

    /// <summary>Prints the medians of several rounds, and the ratios.</summary>
    public void PrintRatios()
    {
        var medians = _sides.ToDictionary(
            side => side.Key,
            side => side.Value[0].Keys.ToDictionary(name => name, name => Median(side.Value, name))
        );
        if (options.Before is not null)
        {
            Print($"");
            Print($"| median of {options.Rounds} | before | after | after ÷ before |");
            Print($"|---|---|---|---|");
            foreach (var (name, before) in medians["before"])
            {
                var after = medians["after"][name];
                Print($"| {name} | {Format(before)} | {Format(after)} | {after / before:0.00} |");
            }
        }

        if (_bare.Count > 0)
        {
            var bare = Median(_bare);
            var ratios = medians.Select(side => $"{side.Key} {side.Value[Names.WorkerCpu] / bare:0.00}");
            Print($"worker ÷ bare loop, CPU per sample: {string.Join(", ", ratios)}");
        }
    }

    private IEnumerable<(string Name, double Value)> FiguresOf(MeasuredStack stack, PipelineFigures run)
    {
        yield return (Names.Pending, (run.Pending - run.Asked).TotalSeconds);
        var began = run.Asked;
        if (run.Ledger is { First: { } first, Last: { } last })
        {
            began = first;
            yield return (Names.FirstCall, (first - run.Asked).TotalSeconds);
            yield return (Names.Calls, (last - first).TotalSeconds);
            yield return (Names.Tail, (run.Ended - last).TotalSeconds);
            if (options.Ideal > TimeSpan.Zero)
            {
                yield return (Names.CallsRatio, (last - first) / options.Ideal);
            }
        }

        var wall = run.Ended - began;
        yield return (Names.Wall, wall.TotalSeconds);
        if (options.Ideal > TimeSpan.Zero)
        {
            yield return (Names.Ratio, wall / options.Ideal);
        }

        yield return (Names.Speed, options.Samples / wall.TotalSeconds);
        yield return (Names.WorkerCpu, run.Cpu.Worker.TotalSeconds / _thousands);
        yield return (Names.HostCpu, run.Cpu.Host.TotalSeconds / _thousands);
        yield return (Names.AzuriteCpu, run.Cpu.Azurite.TotalSeconds / _thousands);
        yield return (Names.EndpointCpu, run.Cpu.Endpoint.TotalSeconds / _thousands);
        yield return (Names.WorkerPeak, stack.Processes.ReadWorkerPeak() >> 20);
        yield return (Names.HostPeak, stack.Processes.ReadHostPeak() >> 20);
        if (run.Ledger is { } ledger)
        {
            yield return (Names.Requests, ledger.Requests);
            yield return (Names.AtOnce, ledger.MaxInFlight);
        }

        if (run.Transactions is { } transactions)
        {
            yield return (Names.Transactions, transactions.Values.Sum() / _thousands);
        }
    }

    private string PerThousand(int count) => (count / _thousands).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Format(double value) =>
        value.ToString(Math.Abs(value) >= 100 || value % 1 == 0 ? "N0" : "0.000", CultureInfo.InvariantCulture);

    private static double Median(List<IReadOnlyDictionary<string, double>> rounds, string name) =>
        Median([.. rounds.Where(round => round.ContainsKey(name)).Select(round => round[name])]);

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    private static class Names
    {
        public const string Pending = "asked → Pending, s";
        public const string FirstCall = "asked → first call, s";
        public const string Calls = "first call → last answer, s";
        public const string CallsRatio = "the same ÷ ideal";
        public const string Tail = "last answer → Completed, s";
        public const string Wall = "first call → Completed, s";
        public const string Ratio = "first call → Completed ÷ ideal";
        public const string Speed = "samples/s, first call → Completed";
        public const string WorkerCpu = "CPU s per 1,000 samples: worker";
        public const string HostCpu = "CPU s per 1,000 samples: host";
        public const string AzuriteCpu = "CPU s per 1,000 samples: Azurite";
        public const string EndpointCpu = "CPU s per 1,000 samples: endpoint";
        public const string WorkerPeak = "peak memory of the worker, MB";
        public const string HostPeak = "peak memory of the host, MB";
        public const string Requests = "requests";
        public const string AtOnce = "requests at once at most";
        public const string Transactions = "storage transactions per 1,000 samples";
    }
}
