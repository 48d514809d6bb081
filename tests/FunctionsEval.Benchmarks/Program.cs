using System.CommandLine;
using BenchmarkDotNet.Running;
using FunctionsEval.Benchmarks;
using FunctionsEval.Benchmarks.Pipeline;

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
    PipelineCommandLine.CreatePipeline(),
    PipelineCommandLine.CreateEndpoint(),
    PipelineCommandLine.CreateBare(),
    find,
    recordHistories,
}
    .Parse(args)
    .InvokeAsync();
