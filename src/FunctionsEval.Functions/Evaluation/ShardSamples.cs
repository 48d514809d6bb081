using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>What is to be done about a sample of a shard.</summary>
internal enum SampleStanding
{
    /// <summary>It has its outcome.</summary>
    Finished,

    /// <summary>It is evaluated beside others.</summary>
    Open,

    /// <summary>It was under evaluation when a process ended: it is evaluated in a small group.</summary>
    Doubtful,

    /// <summary>It was in a small group when a process ended: it is evaluated alone.</summary>
    Suspect,

    /// <summary>It was alone when a process ended: it is not evaluated again.</summary>
    Quarantined,
}

/// <summary>A sample of a shard.</summary>
/// <param name="Row">Its row in the dataset.</param>
/// <param name="Key">What identifies it.</param>
/// <param name="Logged">What the log has of it; null for nothing.</param>
/// <param name="Standing">What is to be done about it.</param>
internal sealed record ShardSample(DatasetRow Row, RowKey Key, EvaluatedSample? Logged, SampleStanding Standing);

/// <summary>Tells what is to be done about the samples of a shard from what its log has of them.</summary>
internal sealed class ShardSamples(ShardWork work, RunPlan plan, IShardLog log)
{
    /// <summary>
    /// Finds what the log has of a row. A logged row that was cut into another shard before is appended once more, with its position in
    /// this one.
    /// </summary>
    public ShardSample Find(DatasetRow row)
    {
        var key = new RowKey(row.Offset, plan.RepeatOf(row));
        if (log.Take(key) is not { } logged || logged.Id != ShardReader.IdOf(row))
        {
            return new ShardSample(row, key, Logged: null, StandingOf(key));
        }

        if ((logged.Ordinal, logged.Line) != (row.Ordinal, row.Line))
        {
            logged = logged with { Ordinal = row.Ordinal, Line = row.Line };
            log.Append(logged);
        }

        var isFinished = !logged.IsPartial && (work.IsSettling || !IsAskedAgain(logged));
        return new ShardSample(row, key, logged, isFinished ? SampleStanding.Finished : StandingOf(key));
    }

    /// <summary>Whether a resumption asks once more about a sample that got no answer.</summary>
    public bool IsAskedAgain(EvaluatedSample logged) =>
        logged.Outcome is Outcome.Exhausted or Outcome.TimedOut && plan.Manifest.RepeatsFailedSince > (logged.Resumption ?? 0);

    /// <summary>Whether a resumption asks once more about samples of a shard that was finished before it.</summary>
    public static bool AreAskedAgain(RunPlan plan, ShardState finished) =>
        plan.Manifest.RepeatsFailedSince > finished.Resumption && finished.Outcomes.Exhausted + finished.Outcomes.TimedOut > 0;

    private SampleStanding StandingOf(RowKey key) =>
        log.Sessions.Quarantined.Contains(key) ? SampleStanding.Quarantined
        : log.Sessions.Suspects.Contains(key) ? SampleStanding.Suspect
        : key.Offset <= log.Sessions.DoubtfulUpTo ? SampleStanding.Doubtful
        : SampleStanding.Open;
}
