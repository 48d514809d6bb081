using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Xunit.v3;

[assembly: FunctionsEval.Tests.TellsSlowTests]

namespace FunctionsEval.Tests;

/// <summary>The tests that may take longer than <see cref="Limit"/> on two quiet cores, each with the reason.</summary>
internal static class SlowTests
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Reasons by the test's class and name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["WalkTests.Random_walk_ends_every_run_and_ends_it_right"] = "walks for a minute, which FUNCTIONSEVAL_WALK_SECONDS changes",
        ["StorageFaultTests.Any_one_request_that_fails_loses_nothing_and_pays_nothing_twice"] =
            "a run for each storage request that a run makes",
        ["GraderTests.Answers_that_wait_for_their_grades_are_not_paid_again"] = "the judge asks for 31 seconds, more than a call waits for",
        ["EightCandidatesTests.Eight_candidates_and_5000_samples_ask_the_baseline_once_about_each_sample"] = "45,000 calls",
        ["FaultTests.Worker_killed_mid_run_loses_nothing_and_pays_twice_only_what_was_in_flight"] =
            "waits for the lease of the executor that was killed, 20 seconds",
        ["DeployedCrashTests.Host_killed_at_any_step_leaves_no_deployment_and_creates_none_twice"] =
            "what the killed host had taken from its control queues comes back after a minute, the least that Durable takes",
        ["InstancesTests.One_run_is_evaluated_by_all_instances_and_no_sample_is_paid_twice"] = "starts four hosts",
        ["InstancesTests.Run_is_whole_although_instances_are_killed_and_others_join"] =
            "Durable keeps the messages and partitions of a killed host for a minute",
        ["InstancesTests.Instance_that_stood_still_for_longer_than_its_leases_changes_nothing_when_it_goes_on"] =
            "the leases of an instance that stands still run out",
        ["UpgradeTests.Run_goes_on_and_ends_right_when_all_instances_are_killed_and_another_build_starts"] =
            "Durable keeps the messages and partitions of a killed host for a minute",
        ["DemoCommandTests.Demo_evaluates_every_suite_and_ends_with_0"] = "the whole demo, five suites",
    };

    /// <summary>Settings by which a person asks for tests that take longer than any does otherwise.</summary>
    private static readonly string[] LongTests = ["FUNCTIONSEVAL_WALK_SECONDS", "FUNCTIONSEVAL_FUZZ_SECONDS", "FUNCTIONSEVAL_FUZZ_TRIALS"];

    /// <summary>Whether a test may take as long as it likes: a person asked for a long one, or debugs it.</summary>
    /// <param name="setting">A variable of the environment.</param>
    public static bool MayTakeLong(Func<string, string?> setting) =>
        Debugger.IsAttached || LongTests.Any(name => !string.IsNullOrEmpty(setting(name)));

    /// <summary>A test's class and name.</summary>
    public static string NameOf(MethodInfo test) => $"{test.DeclaringType!.Name}.{test.Name}";
}

/// <summary>
/// Prints the tests that took longer than <see cref="SlowTests.Limit"/> and are not among <see cref="SlowTests.Reasons"/>; none fails for
/// it, because a busy machine is no fault. Names a test that hangs, and ends its project's run.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TellsSlowTestsAttribute : BeforeAfterTestAttribute
{
    /// <summary>Longer than any test takes on the slowest machine.</summary>
    private static readonly TimeSpan Hangs = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, (long Started, Timer Watch)> _running = new(StringComparer.Ordinal);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var context = TestContext.Current;
        var watch = new Timer(_ => End(context, test.TestDisplayName));
        watch.Change(
            SlowTests.MayTakeLong(Environment.GetEnvironmentVariable) ? Timeout.InfiniteTimeSpan : Hangs,
            Timeout.InfiniteTimeSpan
        );
        _running[test.UniqueID] = (Stopwatch.GetTimestamp(), watch);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (!_running.TryRemove(test.UniqueID, out var run))
        {
            return;
        }

        run.Watch.Dispose();
        var took = Stopwatch.GetElapsedTime(run.Started);
        if (took > SlowTests.Limit && !SlowTests.Reasons.ContainsKey(SlowTests.NameOf(methodUnderTest)))
        {
            TestContext.Current.SendDiagnosticMessage(
                "Slower than {0:0} s: {1:0} s, {2}",
                SlowTests.Limit.TotalSeconds,
                took.TotalSeconds,
                test.TestDisplayName
            );
        }
    }

    private static void End(ITestContext context, string test)
    {
        var message = $"Has not ended after {Hangs.TotalMinutes:0} minutes: {test}";
        context.SendDiagnosticMessage(message);
        Thread.Sleep(TimeSpan.FromSeconds(1)); // The message is on its way to another process.
        Environment.FailFast(message);
    }
}
