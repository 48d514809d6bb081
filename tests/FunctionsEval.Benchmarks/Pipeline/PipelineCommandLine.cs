using System.CommandLine;
using System.Globalization;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>The command lines of <c>pipeline</c>, and of the commands that it runs in processes of their own.</summary>
internal static class PipelineCommandLine
{
    /// <summary>Creates <c>pipeline</c>.</summary>
    public static Command CreatePipeline()
    {
        var samples = Number("--samples", "Rows of the dataset.", "N", 10_000);
        var latency = Latency();
        var concurrency = Concurrency();
        var running = Address("An OpenAI-compatible endpoint that runs already, instead of one with a fixed latency.");
        var start = new Option<string>("--start") { Description = "How evaluations begin.", DefaultValueFactory = _ => "blob" };
        start.AcceptOnlyFromAmong("blob", "post");
        var transactions = new Option<bool>("--transactions")
        {
            Description = "Count storage transactions, through a proxy that costs time and CPU of its own.",
        };
        var before = new Option<string?>("--before")
        {
            Description = "Another checkout, built in Release, to measure in turn with this one.",
            HelpName = "DIR",
        };
        var rounds = Number("--rounds", "How often each side is measured.", "N", 1);
        var bare = new Option<bool>("--bare") { Description = "Also measure a loop around the OpenAI client that keeps nothing." };
        var hosts = new Option<int[]>("--hosts")
        {
            Description = "How many hosts share the storage and the concurrency, such as 1,2,4: each is measured, and nothing else.",
            HelpName = "N,N",
            CustomParser = parsed => [.. parsed.Tokens[0].Value.Split(',').Select(count => int.Parse(count, CultureInfo.InvariantCulture))],
        };
        var settings = new Option<string[]>("--set")
        {
            Description = "An app setting; may be repeated.",
            HelpName = "KEY=VALUE",
            DefaultValueFactory = _ => [],
        };
        var command = new Command("pipeline", "Time the whole app on this machine, from a dropped dataset to its verdict.")
        {
            samples,
            latency,
            concurrency,
            running,
            start,
            transactions,
            before,
            rounds,
            bare,
            hosts,
            settings,
        };
        command.SetAction(parsed =>
        {
            var options = OptionsOf(parsed);
            return parsed.GetValue(hosts) is { Length: > 0 } counts
                ? HostsCommand.RunAsync(options, counts)
                : PipelineCommand.RunAsync(options);
        });
        return command;

        PipelineOptions OptionsOf(ParseResult parsed) =>
            new()
            {
                Samples = parsed.GetValue(samples),
                LatencyMs = parsed.GetValue(latency),
                Concurrency = parsed.GetValue(concurrency),
                Endpoint = parsed.GetValue(running),
                ByPost = parsed.GetValue(start) == "post",
                CountsTransactions = parsed.GetValue(transactions),
                Before = parsed.GetValue(before),
                Rounds = parsed.GetValue(rounds),
                WithBareLoop = parsed.GetValue(bare),
                Settings = parsed
                    .GetRequiredValue(settings)
                    .Select(setting => setting.Split('=', 2))
                    .ToDictionary(setting => setting[0], setting => setting[1]),
            };
    }

    /// <summary>Creates <c>endpoint</c>.</summary>
    public static Command CreateEndpoint()
    {
        var latency = Latency();
        var command = new Command("endpoint", "Serve as the pipeline's endpoint.") { latency };
        command.SetAction(parsed => EndpointCommand.RunAsync(parsed.GetValue(latency)));
        return command;
    }

    /// <summary>Creates <c>bare</c>.</summary>
    public static Command CreateBare()
    {
        var address = Address("The endpoint.");
        var rows = new Option<string>("--rows")
        {
            Description = "The file with the rows.",
            HelpName = "FILE",
            Required = true,
        };
        var concurrency = Concurrency();
        var command = new Command("bare", "Ask an endpoint about each row with the OpenAI client, and keep nothing.")
        {
            address,
            rows,
            concurrency,
        };
        command.SetAction(parsed =>
            BareCommand.RunAsync(parsed.GetRequiredValue(address)!, parsed.GetRequiredValue(rows), parsed.GetValue(concurrency))
        );
        return command;
    }

    private static Option<int> Latency() => Number("--latency", "How long the endpoint takes for an answer, in ms.", "MS", 200);

    private static Option<int> Concurrency() => Number("--concurrency", "Requests at once.", "N", 64);

    private static Option<Uri?> Address(string description) =>
        new("--endpoint")
        {
            Description = description,
            HelpName = "URL",
            CustomParser = result => new Uri(result.Tokens[0].Value),
        };

    private static Option<int> Number(string name, string description, string unit, int value) =>
        new(name)
        {
            Description = description,
            HelpName = unit,
            DefaultValueFactory = _ => value,
        };
}
