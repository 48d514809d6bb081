using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker.Grpc;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>
/// Histories of orchestrations that really ran, replayed against the orchestrators as they are now: what a version began, the next one must
/// be
/// able to finish. Recorded by <c>dotnet run --project tests/FunctionsEval.Benchmarks -- record-histories</c>; an orchestrator that cannot
/// replay them any more needs a new name, not new recordings.
/// </summary>
public sealed class ReplayTests
{
    private const string NonDeterministic = "NonDeterministicOrchestrationException";

    public static TheoryData<string> Recorded =>
        [
            .. Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "Orchestrations", "Histories"), "*.history")
                .Select(file => Path.GetFileName(file)!),
        ];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Recorded_history_replays(string file)
    {
        var decisions = file.Split('.')[0] switch
        {
            nameof(EvaluateDataset) => Replay<RunRequest>(file, EvaluateDataset.RunAsync),
            nameof(EvaluateCandidates) => Replay<GroupProgress>(file, EvaluateCandidates.RunAsync),
            nameof(EvaluateSuite) => Replay<SuiteRequest>(file, EvaluateSuite.RunAsync),
            nameof(EvaluateShardGroup) => Replay<ShardGroup>(file, EvaluateShardGroup.RunAsync),
            nameof(FineTuneFinished) => Replay<FineTuningRequest>(file, FineTuneFinished.RunAsync),
            var other => throw new InvalidOperationException($"There is no orchestration '{other}'."),
        };
        Assert.DoesNotContain(NonDeterministic, decisions, StringComparison.Ordinal);
    }

    [Fact]
    public void Orchestrator_that_decides_otherwise_is_noticed() =>
        Assert.Contains(
            NonDeterministic,
            Replay<FineTuningRequest>("EvaluateDataset.small.history", FineTuneFinished.RunAsync),
            StringComparison.Ordinal
        );

    [Fact]
    public void There_are_recordings_of_every_orchestration() =>
        Assert.Equal(
            [
                nameof(EvaluateCandidates),
                nameof(EvaluateDataset),
                nameof(EvaluateShardGroup),
                nameof(EvaluateSuite),
                nameof(FineTuneFinished),
            ],
            Recorded.Select(row => row.Data.Split('.')[0]).Distinct().Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("EvaluateDataset.merged.history", nameof(MergeShards))]
    [InlineData("EvaluateDataset.cancelled-merged.history", nameof(MergeShards))]
    [InlineData("EvaluateShardGroup.grouped-merged.history", nameof(MergeShards))]
    [InlineData("EvaluateShardGroup.grouped-cancelled.history", nameof(MergeShards))]
    [InlineData("FineTuneFinished.deployed.history", nameof(RemoveTunedModels))]
    public void Recording_is_of_the_path_that_it_is_named_for(string file, string activity)
    {
        var history = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Orchestrations", "Histories", file));

        Assert.Contains(activity, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(history)), StringComparison.Ordinal);
    }

    /// <summary>The orchestrator's decisions, as the text of the protocol's message.</summary>
    private static string Replay<TInput>(string file, Func<TaskOrchestrationContext, Task> orchestrator)
    {
        var history = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Orchestrations", "Histories", file));
        var decisions = GrpcOrchestrationRunner.LoadAndRun<TInput, object>(
            history,
            async (context, _) =>
            {
                await orchestrator(context);
                return null;
            }
        );
        return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(decisions));
    }

    [Fact]
    public void Names_that_schedulers_use_are_those_of_the_orchestrations() =>
        Assert.Equal(
            (nameof(EvaluateCandidates), nameof(EvaluateDataset), nameof(EvaluateSuite), nameof(FineTuneFinished)),
            (
                OrchestrationNames.EvaluateCandidates,
                OrchestrationNames.EvaluateDataset,
                OrchestrationNames.EvaluateSuite,
                OrchestrationNames.FineTuneFinished
            )
        );
}
