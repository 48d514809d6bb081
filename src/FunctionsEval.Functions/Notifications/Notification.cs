using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Notifications;

/// <summary>
/// The notification of a run's end: the facts that matter for a decision, and no row text. At most 48 KiB, which a queue message can hold
/// in base64.
/// </summary>
internal sealed record Notification(string Id, BinaryData Body)
{
    /// <summary>Maximum length of the list of reasons in characters; each character may take six bytes.</summary>
    private const int MaxReasonsLength = 3000;

    /// <summary>As <see cref="MaxReasonsLength"/>, of a group, which has its candidates besides.</summary>
    private const int MaxGroupReasonsLength = 1000;

    /// <summary>Maximum length of a candidate's name in characters: 20 of them take less than the reasons that are left out for them.</summary>
    private const int MaxCandidateLength = 60;

    /// <summary>Maximum number of bytes of the warnings.</summary>
    private const int MaxWarningsBytes = 5000;

    /// <summary>Maximum length of a name in characters: that of a blob's name.</summary>
    private const int MaxNameLength = BlobNames.MaxLength;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The notification of an ended run.</summary>
    public static Notification From(Run run)
    {
        var body = new
        {
            Type = $"evaluation.{run.Status.ToString().ToLowerInvariant()}",
            Timestamp = run.Finished,
            Data = new
            {
                run.RunId,
                Resumption = run.Resumptions,
                run.Status,
                run.Verdict,
                VerdictReasons = run.Verdict is null
                    ? null
                    : TableText.Cut(RunColumns.Join(run.VerdictReasons), run.IsGroup ? MaxGroupReasonsLength : MaxReasonsLength),
                Warnings = RunWarnings.Bound(run.Warnings, MaxWarningsBytes),
                run.ErrorCode,
                Suite = TableText.Cut(run.Suite, MaxNameLength),
                Dataset = TableText.Cut(run.Dataset, MaxNameLength),
                Model = TableText.Cut(run.Model, MaxNameLength),
                Baseline = TableText.Cut(run.Baseline, MaxNameLength),
                run.BaselineRun,
                Candidates = run.IsGroup ? CandidatesOf(run) : null,
                run.Samples,
                run.Source,
                Url = $"/api/evaluations/{run.RunId}",
            },
        };
        return new Notification(IdOf(run.RunId, run.Resumptions), new BinaryData(JsonSerializer.SerializeToUtf8Bytes(body, Json)));
    }

    /// <summary>
    /// The notification of the end that a request is about, as it was stored with that end. It has the same id and bytes however often it
    /// is sent, even if the run has changed since. Null when there is no such end.
    /// </summary>
    public static async Task<Notification?> FindAsync(
        NotifyRequest request,
        RunTables tables,
        RunEndTable ends,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(request.RunId, cancellationToken) is not { Run: var run })
        {
            return null;
        }

        var resumption = request.Resumption ?? run.Resumptions;
        if (await ends.FindNotificationAsync(request.RunId, resumption, cancellationToken) is { } body)
        {
            return new Notification(IdOf(request.RunId, resumption), body);
        }
        // A version that did not store notifications ended the run.
        return run.Status.HasEnded && run.Resumptions == resumption ? From(run) : null;
    }

    /// <summary>The candidates of a group, each with its run and, where there is one, its verdict among all.</summary>
    private static IEnumerable<object> CandidatesOf(Run group) =>
        group.Candidates.Select(
            (model, index) =>
                new
                {
                    Model = TableText.Cut(model, MaxCandidateLength),
                    RunId = group.CandidateRuns[index],
                    Verdict = group.VerdictReasons.Count == group.Candidates.Count
                        ? group.VerdictReasons[index].Result
                        : (VerdictResult?)null,
                    Recommended = group.Recommended.Contains(model, StringComparer.Ordinal),
                }
        );

    /// <summary>The same for every delivery about one end of a run, and different for each end.</summary>
    private static string IdOf(string runId, int resumption) => $"{runId}-{resumption}";
}
