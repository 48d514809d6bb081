using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Fan-in: adds up the shards in shard order, computes metrics, intervals and comparison, applies the gate, and writes
/// <c>summary.json</c>, <c>report.html</c>, the metric rows and the run's counts. How the run ends is not written here:
/// <see cref="CommitRun"/> does.
/// Memory does not grow with the number of samples.
/// </summary>
internal sealed class WriteSummary(RunPlans plans, RunBlobs blobs, RunTables tables, ModelRegistry models, PreviousRuns previousRuns)
{
    private const int ExamplesShown = 20;

    [Function(nameof(WriteSummary))]
    public async Task<RunFailure?> RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        var plan = await plans.GetAsync(request.RunId, request.Resumption, cancellationToken);
        var roles = new List<RoleTotals>();
        foreach (var role in plan.Manifest.Roles)
        {
            roles.Add(await AddUpAsync(plan, role, cancellationToken));
        }

        var report = await ScoreAsync(plan, cancellationToken);
        var usage = Usage(plan, roles);
        var previous = await ComparePreviousAsync(plan, roles[0].Outcomes, request, cancellationToken);
        var result = EvaluationResult.Create(
            plan.Spec,
            report,
            roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            request.IsComplete,
            cost: usage.Values.All(used => used.Cost is not null) ? (double)usage.Values.Sum(used => used.Cost!.Value) : null,
            roles[0].Reasons,
            previous?.Facts
        );
        var failure = request.IsComplete ? TooManyMalformed(plan, roles[0]) : null;
        // An execution that outlived its run must not write over what the run's end, or a later resumption, left.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is not { } row)
        {
            return failure;
        }

        var summary = Summary(plan, roles, usage, result, request.IsComplete, row.GetInt64(DuplicateIds.Column))
            .With(previous?.Summary) with
        {
            Verdict = VerdictOf(result, failure, request.IsComplete),
            Failure = failure,
        };
        await blobs.WriteSummaryAsync(
            request.RunId,
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(summary, ResultJson.Indented)),
            cancellationToken
        );
        await blobs.WriteReportAsync(
            request.RunId,
            HtmlReport.Write(summary, await ReadFlipsAsync(plan, cancellationToken), Pace(roles)),
            cancellationToken
        );
        await tables.WriteMetricsAsync(MetricRow.Of(request.RunId, result.Metrics), cancellationToken);
        if (!await tables.UpdateRunAsync(request.RunId, RunColumns(roles, result, summary), cancellationToken, request.Resumption))
        {
            await RemoveLateSummaryAsync(request.RunId, cancellationToken);
        }

        return failure;
    }

    /// <summary>
    /// What the summary says: nothing of a run that fails, and of a stopped one, whatever stopped it, what a partial one may say.
    /// </summary>
    private static Verdict? VerdictOf(EvaluationResult result, RunFailure? failure, bool isComplete) =>
        RunConclusion.Permitted(failure?.Status ?? (isComplete ? RunStatus.Completed : RunStatus.Partial), result.Verdict);

    /// <summary>The run ended while its summary was written: one that failed has none.</summary>
    private async Task RemoveLateSummaryAsync(string runId, CancellationToken cancellationToken)
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is { } row && RunTables.HasEnded(row) && !RunConclusion.AllowsSummary(row))
        {
            await blobs.DeleteSummaryAsync(runId, cancellationToken);
        }
    }

    private async Task<RoleTotals> AddUpAsync(RunPlan plan, RoleModel role, CancellationToken cancellationToken)
    {
        models.TryGet(role.Model, out var model);
        var totals = new RoleTotals(role.Role, model?.Options);
        long linesBefore = plan.Manifest.HeaderLines;
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            var state = await blobs.ReadShardStateAsync(plan.Manifest.RunId, role.Role, shard, cancellationToken);
            totals.Add(state, linesBefore, ExamplesShown);
            linesBefore += state.Lines;
        }

        return totals;
    }

    private async Task<MetricReport> ScoreAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var compared = plan.Manifest.Roles.Count > 1;
        var scoreboard = plan.Measurer.CreateScoreboard(compared);
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            var candidate = await blobs.ReadStatisticsAsync(plan, Roles.Candidate, shard, cancellationToken);
            var baseline = compared ? await blobs.ReadStatisticsAsync(plan, Roles.Baseline, shard, cancellationToken) : null;
            foreach (var (one, other) in ShardStatistics.Pair(candidate, baseline))
            {
                scoreboard.Add((one ?? other)!.Key, (one ?? other)!.Slices, one?.Words ?? [], other?.Words ?? []);
            }
        }

        return scoreboard.Finish();
    }

    /// <summary>Holds a complete run against the one before; null for a stopped one, and where there is none.</summary>
    private async Task<PreviousComparison?> ComparePreviousAsync(
        RunPlan plan,
        OutcomeCounts candidate,
        SummaryRequest request,
        CancellationToken cancellationToken
    ) =>
        request.IsComplete && candidate.Counted > 0 && await tables.FindRunAsync(request.RunId, cancellationToken) is { } row
            ? await previousRuns.CompareAsync(row, plan.Spec, cancellationToken)
            : null;

    /// <summary>By role, and by role and grader: <c>candidate/judge</c>.</summary>
    private Dictionary<string, UsageSummary> Usage(RunPlan plan, List<RoleTotals> roles)
    {
        var usage = roles.ToDictionary(role => role.Role, role => role.Usage, StringComparer.Ordinal);
        foreach (var role in roles)
        {
            foreach (var (grader, tokens) in role.Graders)
            {
                usage[$"{role.Role}/{grader}"] = RoleTotals.UsageOf(tokens, ModelOf(plan, grader));
            }
        }

        return usage;
    }

    private IEnumerable<string> SourceWarningsOf(RunPlan plan, List<RoleTotals> roles) =>
        roles.SelectMany(role =>
            SourceWarnings
                .Of(role.Role, role.Model, role.Sources)
                .Concat(
                    role.GraderSources.SelectMany(grader =>
                        SourceWarnings.Of($"{role.Role}/{grader.Key}", ModelOf(plan, grader.Key), grader.Value)
                    )
                )
        );

    /// <summary>The model of a grader; null where it is not configured any more.</summary>
    private ModelOptions? ModelOf(RunPlan plan, string grader)
    {
        var name = plan.Measurer.Metrics.Select(metric => metric.Grader).OfType<GraderSpec>().First(spec => spec.Name == grader).Model;
        return models.TryGet(name, out var model) ? model.Options : null;
    }

    private RunSummary Summary(
        RunPlan plan,
        List<RoleTotals> roles,
        Dictionary<string, UsageSummary> usage,
        EvaluationResult result,
        bool isComplete,
        long? duplicates
    )
    {
        using var spec = JsonDocument.Parse(SpecReader.Canonical(plan.Spec));
        var dataset = plan.Manifest.Dataset;
        var leakage = LeakageOf(plan, roles[0]);
        return new RunSummary
        {
            RunId = plan.Manifest.RunId,
            Name = plan.Spec.Name ?? Core.Datasets.DatasetNames.SuiteOf(dataset.Name),
            Task = plan.Spec.Task,
            Dataset = new DatasetSummary(dataset.Name, dataset.ETag, dataset.Length, roles[0].Outcomes.Total)
            {
                DuplicateIds = duplicates > 0 ? duplicates : null,
            },
            IsComplete = isComplete,
            Warnings =
            [
                .. result.Warnings,
                .. SourceWarningsOf(plan, roles),
                .. roles.SelectMany(LeftOutOf).Select(caller => LeftOutWarnings.Of(caller.Name, caller.LeftOut)).OfType<string>(),
                .. LeakageWarnings.From(leakage),
            ],
            AnsweredBy = AnsweredBy(roles),
            Streams = Streams(roles),
            Reasoning = Reasoning(roles),
            LeftOut = LeftOut(roles),
            Models = plan.Manifest.Roles.ToDictionary(role => role.Role, role => role.Model, StringComparer.Ordinal),
            Outcomes = roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            Coverage = result.Coverage,
            UnparsableRate = roles.ToDictionary(role => role.Role, role => role.Outcomes.UnparsableShare, StringComparer.Ordinal),
            Leakage = leakage,
            Usage = usage,
            Metrics = result.Metrics,
            ConfusionMatrices = result.ConfusionMatrices,
            Calibration = result.Calibration,
            Examples = roles.ToDictionary(role => role.Role, role => (IReadOnlyList<UnscoredSample>)role.Examples, StringComparer.Ordinal),
            Spec = spec.RootElement.Clone(),
            CodeVersion = plan.Manifest.CodeVersion,
        };
    }

    private static LeakageSummary? LeakageOf(RunPlan plan, RoleTotals candidate) =>
        plan.Manifest.Training is { } training
            ? new LeakageSummary(
                training.File,
                training.Rows,
                candidate.Leaks.GetValueOrDefault(Leak.Exact),
                candidate.Leaks.GetValueOrDefault(Leak.Ngrams),
                training.Unchecked
            )
            {
                Incomplete = training.Incomplete,
            }
            : null;

    private static List<AnswerPace> Pace(List<RoleTotals> roles) =>
        roles.ConvertAll(role => new AnswerPace(role.Role, role.Requests, role.Latency, role.AnswerTokens) { Streams = role.Streams });

    private async Task<SampleFlips> ReadFlipsAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        if (
            plan.Manifest.Roles.Count < 2
            || await blobs.OpenSamplesForReadAsync(plan.Manifest.RunId, offset: 0, cancellationToken) is not { } samples
        )
        {
            return new SampleFlips([], [], IsCut: false);
        }

        await using (samples)
        {
            return await SampleFlips.ReadAsync(samples, cancellationToken);
        }
    }

    private static Dictionary<string, object?> RunColumns(List<RoleTotals> roles, EvaluationResult result, RunSummary summary)
    {
        var columns = new Dictionary<string, object?>
        {
            ["Samples"] = roles[0].Outcomes.Total,
            [RunWarnings.Column] = RunWarnings.Write(summary.Warnings),
            ["PreviousRun"] = summary.Previous?.RunId,
        };
        foreach (var role in roles)
        {
            var prefix = role.Role == Roles.Candidate ? "Candidate" : "Baseline";
            foreach (var outcome in OutcomeNames.All.Values)
            {
                columns[prefix + outcome] = role.Outcomes[outcome];
            }

            columns[prefix + "Coverage"] = result.Coverage[role.Role];
            columns[prefix + "UnparsableRate"] = role.Outcomes.UnparsableShare;
            columns[prefix + "InputTokens"] = role.Usage.InputTokens;
            columns[prefix + "OutputTokens"] = role.Usage.OutputTokens;
            columns[prefix + "Cost"] = (double?)role.Usage.Cost;
            columns[prefix + "Requests"] = role.Requests;
            columns[prefix + "LatencyMsP50"] = role.Latency.Quantile(0.5);
            columns[prefix + "LatencyMsP95"] = role.Latency.Quantile(0.95);
            columns[prefix + "LatencyMsP99"] = role.Latency.Quantile(0.99);
            columns[prefix + "TimeToFirstTokenMsP50"] = role.Streams.TimeToFirstTokenMs.Quantile(0.5);
            columns[prefix + "TimeToFirstTokenMsP95"] = role.Streams.TimeToFirstTokenMs.Quantile(0.95);
            columns[prefix + "TimeToFirstTokenMsP99"] = role.Streams.TimeToFirstTokenMs.Quantile(0.99);
            columns[prefix + "TokensPerSecondP50"] = role.Streams.TokensPerSecond.Quantile(0.5);
            columns[prefix + "TokensPerSecondP5"] = role.Streams.TokensPerSecond.Quantile(0.05);
            columns[prefix + "AnsweredBy"] = Names(role.Sources.Models);
            columns[prefix + "SystemFingerprints"] = Names(role.Sources.SystemFingerprints);
            columns[prefix + "LeftOut"] = role.LeftOut.Parameters.Count == 0 ? null : string.Join(", ", role.LeftOut.Parameters.Keys);
            columns[prefix + "ReasoningSamples"] = role.Reasoning.IsEmpty ? null : role.Reasoning.Samples;
            columns[prefix + "ReasoningCharacters"] = role.Reasoning.IsEmpty ? null : role.Reasoning.Characters;
            columns[prefix + "ReasoningTokens"] = role.Reasoning.IsEmpty ? null : role.Reasoning.Tokens;
        }

        return columns;
    }

    /// <summary>The names, the most frequent first; null for none.</summary>
    private static string? Names(SortedDictionary<string, long> names) =>
        names.Count == 0 ? null : string.Join(", ", AnswerSources.ByFrequency(names).Take(AnswerSources.MaxNames));

    private static Dictionary<string, AnsweringModels>? AnsweredBy(List<RoleTotals> roles)
    {
        var sources = roles
            .SelectMany(role =>
                role.GraderSources.Select(grader => (Name: $"{role.Role}/{grader.Key}", Sources: grader.Value))
                    .Prepend((Name: role.Role, role.Sources))
            )
            .Where(caller => !caller.Sources.IsEmpty)
            .ToDictionary(caller => caller.Name, caller => caller.Sources.ToPublished(), StringComparer.Ordinal);
        return sources.Count > 0 ? sources : null;
    }

    private static Dictionary<string, StreamSummary>? Streams(List<RoleTotals> roles)
    {
        var streams = roles
            .Select(role => (role.Role, Summary: StreamSummaries.From(role.Streams)))
            .Where(role => role.Summary is not null)
            .ToDictionary(role => role.Role, role => role.Summary!, StringComparer.Ordinal);
        return streams.Count > 0 ? streams : null;
    }

    private static Dictionary<string, ReasoningCounts>? Reasoning(List<RoleTotals> roles)
    {
        var counts = roles
            .Where(role => !role.Reasoning.IsEmpty)
            .ToDictionary(role => role.Role, role => role.Reasoning, StringComparer.Ordinal);
        return counts.Count > 0 ? counts : null;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, long>>? LeftOut(List<RoleTotals> roles)
    {
        var leftOut = roles
            .SelectMany(LeftOutOf)
            .Where(caller => caller.LeftOut.Parameters.Count > 0)
            .ToDictionary(
                caller => caller.Name,
                caller => (IReadOnlyDictionary<string, long>)caller.LeftOut.Parameters,
                StringComparer.Ordinal
            );
        return leftOut.Count > 0 ? leftOut : null;
    }

    private static IEnumerable<(string Name, LeftOutCounts LeftOut)> LeftOutOf(RoleTotals role) =>
        role.GraderLeftOut.Select(grader => ($"{role.Role}/{grader.Key}", grader.Value)).Prepend((role.Role, role.LeftOut));

    private static RunFailure? TooManyMalformed(RunPlan plan, RoleTotals candidate)
    {
        var share = candidate.Outcomes.MalformedShare;
        if (share <= plan.Spec.Limits.MaxMalformedShare)
        {
            return null;
        }

        var limits = FormattableString.Invariant(
            $"{candidate.Outcomes.MalformedSample} of {candidate.Outcomes.Total} rows are malformed ({share:P1}, limits.maxMalformedShare is {plan.Spec.Limits.MaxMalformedShare:P1})"
        );
        var mostly = candidate
            .MalformedReasons.OrderByDescending(malformed => malformed.Value)
            .Select(malformed => FormattableString.Invariant($"; most often {malformed.Key} ({malformed.Value})"))
            .FirstOrDefault();
        var first = candidate.Reasons.First(Outcome.MalformedSample) is { } example
            ? FormattableString.Invariant($" The first is line {example.Line}: {example.Text.TrimEnd('.')}.")
            : "";
        return RunFailure.TooManyMalformed(
            $"datasets/{plan.Manifest.Dataset.Name}: {limits}{mostly}.{first} Fix the rows, or raise limits.maxMalformedShare in the spec."
        );
    }
}
