using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Notifications;

/// <summary>
/// What is told of a run's end: what of it decides, no row text. At most 48 KiB, which a queue's message holds in base64.
/// </summary>
internal sealed record Notification(string Id, BinaryData Body)
{
    /// <summary>Longest list of reasons in characters; each may take six bytes.</summary>
    private const int MaxReasonsLength = 3000;

    /// <summary>Most bytes of warnings.</summary>
    private const int MaxWarningsBytes = 5000;

    /// <summary>Longest name in characters: that of a blob.</summary>
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
                VerdictReasons = run.Verdict is null ? null : TableText.Cut(RunColumns.Join(run.VerdictReasons), MaxReasonsLength),
                Warnings = RunWarnings.Bound(run.Warnings, MaxWarningsBytes),
                run.ErrorCode,
                Suite = TableText.Cut(run.Suite, MaxNameLength),
                Dataset = TableText.Cut(run.Dataset, MaxNameLength),
                Model = TableText.Cut(run.Model, MaxNameLength),
                Baseline = TableText.Cut(run.Baseline, MaxNameLength),
                run.Samples,
                run.Source,
                Url = $"/api/evaluations/{run.RunId}",
            },
        };
        return new Notification(IdOf(run.RunId, run.Resumptions), new BinaryData(JsonSerializer.SerializeToUtf8Bytes(body, Json)));
    }

    /// <summary>
    /// The notification of the end that a request is about, as it was fixed with that end: the same id and bytes however often it is sent,
    /// and whatever became of the run since. Null when there is no such end.
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
        // A version that did not keep notifications yet has ended it.
        return run.Status.HasEnded && run.Resumptions == resumption ? From(run) : null;
    }

    /// <summary>The same however often a run's end is told, another for each end.</summary>
    private static string IdOf(string runId, int resumption) => $"{runId}-{resumption}";
}
