using System.CommandLine;
using BenchmarkDotNet.Running;
using FunctionsEval.Benchmarks;

var names = new Argument<string>("WORKLOAD") { Description = $"all, or one of {string.Join(", ", Workload.All.Select(workload => workload.Name))}.", DefaultValueFactory = _ => "all" };
names.AcceptOnlyFromAmong(["all", .. Workload.All.Select(workload => workload.Name)]);
var samples = new Option<int?>("--samples") { Description = "How many samples; by default as many as take a few seconds.", HelpName = "N" };
var throughput = new Command("throughput", "Time whole workloads on one thread, each once in a process of its own.") { names, samples };
throughput.SetAction(parsed => ThroughputCommand.Run(parsed.GetRequiredValue(names), parsed.GetValue(samples)));

var parts = new Command("parts", "Run the BenchmarkDotNet benchmarks of the parts; its arguments follow, for example --filter '*Bleu*'.") { TreatUnmatchedTokensAsErrors = false };
parts.SetAction(parsed => BenchmarkSwitcher.FromAssembly(typeof(Workload).Assembly).Run([.. parsed.UnmatchedTokens]).Any() ? 0 : 1);

return new RootCommand("Benchmarks of FunctionsEval's metrics.") { throughput, parts }.Parse(args).Invoke();
