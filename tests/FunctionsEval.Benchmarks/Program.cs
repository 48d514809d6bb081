using System.CommandLine;
using BenchmarkDotNet.Running;
using FunctionsEval.Benchmarks;

var names = new Argument<string>("WORKLOAD")
{
    Description = $"all, or one of {string.Join(", ", Workload.All.Select(workload => workload.Name))}.",
    DefaultValueFactory = _ => "all",
};
names.AcceptOnlyFromAmong(["all", .. Workload.All.Select(workload => workload.Name)]);
var samples = new Option<int?>("--samples") { Description = "How many samples; by default as many as take a few seconds.", HelpName = "N" };
var throughput = new Command("throughput", "Time whole workloads on one thread, each once in a process of its own.") { names, samples };
throughput.SetAction(parsed => ThroughputCommand.Run(parsed.GetRequiredValue(names), parsed.GetValue(samples)));

var parts = new Command("parts", "Run the BenchmarkDotNet benchmarks of the parts; its arguments follow, for example --filter '*Bleu*'.")
{
    TreatUnmatchedTokensAsErrors = false,
};
parts.SetAction(parsed => BenchmarkSwitcher.FromAssembly(typeof(Workload).Assembly).Run([.. parsed.UnmatchedTokens]).Any() ? 0 : 1);

var rows = new Option<int>("--samples")
{
    Description = "Rows of the dataset.",
    HelpName = "N",
    DefaultValueFactory = _ => 10_000,
};
var latency = new Option<int>("--latency")
{
    Description = "How long the endpoint takes for an answer, in ms.",
    HelpName = "MS",
    DefaultValueFactory = _ => 200,
};
var concurrency = new Option<int>("--concurrency")
{
    Description = "Requests at once.",
    HelpName = "N",
    DefaultValueFactory = _ => 64,
};
var running = new Option<Uri?>("--endpoint")
{
    Description = "An OpenAI-compatible endpoint that runs already, instead of one with a fixed latency.",
    HelpName = "URL",
    CustomParser = result => new Uri(result.Tokens[0].Value),
};
var transactions = new Option<bool>("--transactions")
{
    Description = "Count storage transactions, through a proxy that costs CPU of its own.",
};
var settings = new Option<string[]>("--set")
{
    Description = "An app setting; may be repeated.",
    HelpName = "KEY=VALUE",
    DefaultValueFactory = _ => [],
};
var pipeline = new Command("pipeline", "Time the whole app on this machine, from a dropped dataset to its verdict.")
{
    rows,
    latency,
    concurrency,
    running,
    transactions,
    settings,
};
pipeline.SetAction(parsed =>
    PipelineCommand.RunAsync(
        new PipelineOptions(
            parsed.GetValue(rows),
            parsed.GetValue(latency),
            parsed.GetValue(concurrency),
            parsed.GetValue(running),
            parsed.GetValue(transactions),
            parsed
                .GetRequiredValue(settings)
                .Select(setting => setting.Split('=', 2))
                .ToDictionary(setting => setting[0], setting => setting[1])
        )
    )
);

var endpoint = new Command("endpoint", "Serve as the pipeline's endpoint.") { latency };
endpoint.SetAction(parsed => EndpointCommand.RunAsync(parsed.GetValue(latency)));

var sampleRows = new Option<int>("--samples")
{
    Description = "Rows of the dataset.",
    HelpName = "N",
    DefaultValueFactory = _ => 100_000,
};
var find = new Command("samples", "Time how samples of a large run are found, through the app on this machine.") { sampleRows };
find.SetAction(parsed => SamplesCommand.RunAsync(parsed.GetValue(sampleRows)));

var directory = new Argument<string>("DIR") { Description = "Where the histories are written." };
var recordHistories = new Command("record-histories", "Keep the histories of real orchestrations, for the tests that replay them.")
{
    directory,
};
recordHistories.SetAction(parsed => RecordHistoriesCommand.RunAsync(parsed.GetRequiredValue(directory)));

var sets = new Option<int>("--sets")
{
    Description = "Simulated datasets of each size.",
    HelpName = "N",
    DefaultValueFactory = _ => 1000,
};
var seed = new Option<int>("--seed")
{
    Description = "Seed of all that is random.",
    HelpName = "N",
    DefaultValueFactory = _ => 1,
};
var families = new Option<string[]>("--family")
{
    Description = "Only families whose name begins so; may be repeated.",
    HelpName = "NAME",
    DefaultValueFactory = _ => [""],
};
var coverage = new Command("coverage", "Simulate how often each kind of interval holds the true number.") { sets, seed, families };
coverage.SetAction(parsed => CoverageCommand.Run(parsed.GetValue(sets), parsed.GetValue(seed), parsed.GetRequiredValue(families)));

var kind = new Argument<string>("ANSWERS")
{
    Description = "labels (a classification by its default metrics), texts (BLEU and ROUGE) or all.",
    DefaultValueFactory = _ => "all",
};
kind.AcceptOnlyFromAmong("labels", "texts", "all");
var answers = new Option<int>("--rows")
{
    Description = "Rows of the file.",
    HelpName = "N",
    DefaultValueFactory = _ => 1_000_000,
};
var before = new Option<DirectoryInfo?>("--before") { Description = "A checkout, built in Release, to compare with.", HelpName = "DIR" };
var score = new Command("score", "Time the score command on a file of answers; the outputs must be equal.") { kind, answers, before };
score.SetAction(parsed => new ScoreCommand(parsed.GetValue(answers), parsed.GetValue(before)?.FullName).Run(parsed.GetRequiredValue(kind)));

var models = new Option<string[]>("--models")
{
    Description = "Only models whose name begins so; may be repeated.",
    HelpName = "NAME",
    DefaultValueFactory = _ => [""],
};
var candidates = new Command("candidates", "Simulate how often a comparison of eight candidates says something wrong.")
{
    sets,
    seed,
    models,
};
candidates.SetAction(parsed => CandidatesCommand.Run(parsed.GetValue(sets), parsed.GetValue(seed), parsed.GetRequiredValue(models)));

return await new RootCommand("Benchmarks of FunctionsEval's metrics, intervals and pipeline.")
{
    throughput,
    parts,
    coverage,
    candidates,
    score,
    pipeline,
    endpoint,
    find,
    recordHistories,
}
    .Parse(args)
    .InvokeAsync();
