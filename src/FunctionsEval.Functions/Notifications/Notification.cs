using System.Text.Encodings.Web;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Notifications;

/// <summary>
/// The notification of a run's end: the facts that matter for a decision, and no row text. At most 48 KiB, which a queue message can hold
/// in base64.
/// </summary>
internal sealed record Notification(string Id, BinaryData Body)
{
    /// <summary>Maximum length in bytes: what a queue message holds in base64.</summary>
    private const int MaxBytes = 48 * 1024;

    /// <summary>Maximum length of the list of reasons in characters; each character may take six bytes.</summary>
    private const int MaxReasonsLength = 3000;

    /// <summary>As <see cref="MaxReasonsLength"/>, of a group or a suite run with candidates, which are named besides.</summary>
    private const int MaxGroupReasonsLength = 1000;

    /// <summary>
    /// Maximum length of a candidate's name in characters: 20 of them take less than the reasons that are left out for them.
    /// </summary>
    private const int MaxCandidateLength = 60;

    /// <summary>Maximum number of bytes of the warnings.</summary>
    private const int MaxWarningsBytes = 2500;

    /// <summary>Maximum length of a name in characters: that of a blob's name.</summary>
    private const int MaxNameLength = BlobNames.MaxLength;

    /// <summary>Maximum length of the name of a deployment or a served model in characters: services allow less.</summary>
    private const int MaxDeploymentLength = 200;

    /// <summary>The version of what is sent: members may be added to one, and none is taken away or changes its meaning.</summary>
    public const int SchemaVersion = 1;

    /// <summary>Maximum number of runs of a suite run that are named.</summary>
    private const int MaxRuns = 40;

    /// <summary>No escapes beyond what JSON needs: a name of many bytes would not fit with them.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The notification of an ended run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="overview">What it says at first sight; null where it has no summary.</param>
    public static Notification From(Run run, RunOverview? overview = null)
    {
        var (headline, worse) = (NotifiedNumber.From(overview), NotifiedChange.From(overview));
        var notification = From(run, headline, worse);
        // Names of characters that JSON escapes may take six bytes each. The verdict goes before the numbers.
        return notification.Body.ToMemory().Length <= MaxBytes ? notification : From(run, headline: null, worse: null);
    }

    private static Notification From(Run run, IReadOnlyList<NotifiedNumber>? headline, IReadOnlyList<NotifiedChange>? worse)
    {
        var body = new
        {
            Type = $"evaluation.{run.Status.ToString().ToLowerInvariant()}",
            Timestamp = run.Finished,
            SchemaVersion,
            Data = new
            {
                run.RunId,
                run.SuiteRun,
                Resumption = run.Resumptions,
                run.Status,
                run.Verdict,
                VerdictReasons = run.Verdict is null
                    ? null
                    : TableText.Cut(RunColumns.Join(run.VerdictReasons), run.IsGroup ? MaxGroupReasonsLength : MaxReasonsLength),
                Warnings = RunWarnings.Bound(run.Warnings, MaxWarningsBytes),
                run.ErrorCode,
                Headline = headline,
                Worse = worse,
                Suite = TableText.Cut(run.Suite, MaxNameLength),
                Dataset = TableText.Cut(run.Dataset, MaxNameLength),
                Model = TableText.Cut(run.Model, MaxNameLength),
                Baseline = TableText.Cut(run.Baseline, MaxNameLength),
                run.BaselineRun,
                Candidates = run.IsGroup ? CandidatesOf(run) : null,
                Deployment = TableText.Cut(run.Deployment, MaxDeploymentLength),
                ServedModel = TableText.Cut(run.CandidateFigures.AnsweredBy, MaxDeploymentLength),
                run.FineTuneJob,
                run.Samples,
                run.Source,
                run.Contexts,
                Url = $"/api/evaluations/{run.RunId}",
                SummaryUrl = run.HasSummary ? $"/api/evaluations/{run.RunId}/summary" : null,
                ReportUrl = run.HasSummary ? $"/api/evaluations/{run.RunId}/report" : null,
            },
        };
        return new Notification(IdOf(run.RunId, run.Resumptions), new BinaryData(JsonSerializer.SerializeToUtf8Bytes(body, Json)));
    }

    /// <summary>The notification of an ended suite run. Of many datasets it names the first.</summary>
    public static Notification From(SuiteRun suite)
    {
        var datasets = suite.Datasets ?? [];
        var body = new
        {
            Type = $"suite.{suite.Status.ToString().ToLowerInvariant()}",
            Timestamp = suite.Finished,
            SchemaVersion,
            Data = new
            {
                suite.SuiteRunId,
                Resumption = suite.Resumptions,
                suite.Status,
                suite.Verdict,
                VerdictReasons = suite.Verdict is null
                    ? null
                    : TableText.Cut(
                        RunColumns.Join(suite.VerdictReasons),
                        suite.Candidates is null ? MaxReasonsLength : MaxGroupReasonsLength
                    ),
                Warnings = RunWarnings.Bound(suite.Warnings, MaxWarningsBytes),
                suite.ErrorCode,
                Suite = TableText.Cut(suite.Suite, MaxNameLength),
                Model = TableText.Cut(suite.Model, MaxNameLength),
                Baseline = TableText.Cut(suite.Baseline, MaxNameLength),
                Deployment = TableText.Cut(suite.Deployment, MaxDeploymentLength),
                ServedModel = TableText.Cut(suite.ServedModel, MaxDeploymentLength),
                Candidates = suite.Candidates?.Select(candidate => new
                {
                    Model = TableText.Cut(candidate.Model, MaxCandidateLength),
                    candidate.Verdict,
                }),
                suite.FineTuneJob,
                suite.Samples,
                suite.Source,
                Contexts = suite.Contexts ?? [],
                DatasetCount = datasets.Count,
                Runs = datasets
                    .Where(dataset => dataset.RunId is not null)
                    .Take(MaxRuns)
                    .Select(dataset => new
                    {
                        dataset.RunId,
                        dataset.Tier,
                        dataset.Status,
                        dataset.Verdict,
                    }),
                Url = $"/api/suites/{suite.SuiteRunId}",
                SummaryUrl = $"/api/suites/{suite.SuiteRunId}",
                ReportUrl = $"/api/suites/{suite.SuiteRunId}/report",
            },
        };
        return new Notification(IdOf(suite.SuiteRunId, suite.Resumptions), new BinaryData(JsonSerializer.SerializeToUtf8Bytes(body, Json)));
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
        if (request.IsSuite)
        {
            return
                request.Resumption is { } end
                && await tables.Suites.FindNotificationAsync(request.RunId, end, cancellationToken) is { } told
                ? new Notification(IdOf(request.RunId, end), told)
                : null;
        }

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
