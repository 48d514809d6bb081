using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>What callers get back with the notification of a run's end.</summary>
public sealed class CallerContextsTests
{
    private const string RunId = "ev-1";
    private const string SuiteRunId = "es-1";

    private readonly MemoryTables _service = new();
    private readonly MemoryBlobs _blobs = new();
    private readonly RunTables _tables;
    private readonly CallerContexts _contexts;

    public CallerContextsTests()
    {
        _tables = new RunTables(_service, new OpenRuns(_service));
        _contexts = new CallerContexts(_tables, new RunBlobs(_blobs), new SuiteBlobs(_blobs));
    }

    [Fact]
    public async Task Each_caller_of_one_run_gets_its_own_back_once()
    {
        await BeginAsync(RunStatus.Running, """, "notify": { "webhook": "ci" }""");

        Assert.True(await _contexts.KeepAsync(RunId, "a", default));
        Assert.True(await _contexts.KeepAsync(RunId, "b", default));
        Assert.True(await _contexts.KeepAsync(RunId, "a", default));

        Assert.Equal(["a", "b"], (await _tables.FindRunAsync(RunId, default))!.Run.Contexts);
    }

    [Fact]
    public async Task Request_without_a_context_keeps_none()
    {
        await BeginAsync(RunStatus.Running, """, "notify": { "queue": true }""");

        Assert.Null(await _contexts.KeepAsync(RunId, null, default));
        Assert.Empty((await _tables.FindRunAsync(RunId, default))!.Run.Contexts);
    }

    [Theory]
    [InlineData(RunStatus.Completed, """, "notify": { "webhook": "ci" }""")]
    [InlineData(RunStatus.Running, "")]
    [InlineData(RunStatus.Running, """, "notify": {}""")]
    public async Task Run_that_tells_nobody_or_has_ended_says_that_it_keeps_none(RunStatus status, string notify)
    {
        await BeginAsync(status, notify);

        Assert.False(await _contexts.KeepAsync(RunId, "a", default));
        Assert.Empty((await _tables.FindRunAsync(RunId, default))!.Run.Contexts);
    }

    [Fact]
    public async Task Run_keeps_so_many_and_says_when_it_has_no_more_room()
    {
        await BeginAsync(RunStatus.Running, """, "notify": { "queue": true }""");
        for (var index = 0; index < CallerContexts.MaxCount; index++)
        {
            Assert.True(await _contexts.KeepAsync(RunId, new string((char)('a' + index), CallerContexts.MaxLength), default));
        }

        Assert.False(await _contexts.KeepAsync(RunId, "one more", default));
        Assert.All(
            (await _tables.FindRunAsync(RunId, default))!.Run.Contexts,
            context => Assert.Equal(CallerContexts.MaxLength, context.Length)
        );
    }

    [Theory]
    [InlineData("webhook", true)]
    [InlineData(null, false)]
    public async Task Suite_run_keeps_it_where_it_notifies_somebody(string? webhook, bool isKept)
    {
        await new SuiteBlobs(_blobs).WritePlanAsync(
            new SuitePlan(SuiteRunId, "s", TimeSpan.FromHours(1), []) { NotifiedWebhook = webhook },
            default
        );
        await _tables.Suites.TryReserveAsync(
            new SuiteRun
            {
                SuiteRunId = SuiteRunId,
                Status = RunStatus.Pending,
                Suite = "s",
            },
            default
        );

        Assert.Equal(isKept, await _contexts.KeepForSuiteAsync(SuiteRunId, "a", default));
        Assert.Equal(isKept, await _contexts.KeepForSuiteAsync(SuiteRunId, "b", default));

        Assert.Equal(isKept ? ["a", "b"] : null, (await _tables.Suites.FindAsync(SuiteRunId, default))!.Run.Contexts);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("""{"repo":"o/n","pr":7}""", true)]
    [InlineData("", false)]
    [InlineData("a\nb", false)]
    [InlineData("ä", false)]
    public void Context_is_printable_ascii(string? context, bool isUsable) =>
        Assert.Equal(isUsable, CallerContexts.FindProblem(context) is null);

    [Fact]
    public void Context_is_bounded() => Assert.Contains("512", CallerContexts.FindProblem(new string('a', 513)), StringComparison.Ordinal);

    private async Task BeginAsync(RunStatus status, string notify)
    {
        _blobs.Contents[$"runs/{RunId}/spec.json"] = BinaryData.FromString(
            $$"""{ "task": "classification", "model": "m", "labels": ["a", "b"]{{notify}} }"""
        );
        await _tables.TryReserveAsync(new Run { RunId = RunId, Status = status }, default);
    }
}
