using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>How a sample of a shard is to be treated.</summary>
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
/// <param name="Logged">Its row in the log; null for none.</param>
/// <param name="Standing">How it is to be treated.</param>
internal sealed record ShardSample(DatasetRow Row, RowKey Key, EvaluatedSample? Logged, SampleStanding Standing);

/// <summary>Decides how the samples of a shard are to be treated, from their rows in the log.</summary>
internal sealed class ShardSamples(ShardWork work, RunPlan plan, IShardLog log)
{
    /// <summary>
    /// Finds the logged row of a dataset row. A logged row that belonged to another shard before is appended once more, with its position
    /// in this one.
    /// </summary>
    public ShardSample Find(DatasetRow row)
    {
        var key = new RowKey(row.Offset, plan.RepeatOf(row), row.Turn?.Number ?? 0);
        if (log.Take(key) is not { } logged || logged.Id != row.Id)
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
        !plan.IsStored(work.Role)
        && logged.Outcome is Outcome.Exhausted or Outcome.TimedOut
        && plan.Manifest.RepeatsFailedSince > (logged.Resumption ?? 0);

    /// <summary>Whether a resumption asks once more about samples of a shard that was finished before it.</summary>
    public static bool AreAskedAgain(RunPlan plan, ShardState finished) =>
        plan.Manifest.RepeatsFailedSince > finished.Resumption && finished.Outcomes.Exhausted + finished.Outcomes.TimedOut > 0;

    /// <summary>No sample of a stored baseline ends a process, so none of them is ever set aside.</summary>
    private SampleStanding StandingOf(RowKey key) =>
        plan.IsStored(work.Role) ? SampleStanding.Open
        : log.Sessions.Quarantined.Contains(key) ? SampleStanding.Quarantined
        : log.Sessions.Suspects.Contains(key) ? SampleStanding.Suspect
        : key.Offset <= log.Sessions.DoubtfulUpTo ? SampleStanding.Doubtful
        : SampleStanding.Open;
}
