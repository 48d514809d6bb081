using System.Text.RegularExpressions;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>
/// How a run is written, a line for each member. Its warnings are a list in JSON and are bounded in the table; both ends write them
/// themselves.
/// </summary>
public static partial class RunColumns
{
    private const string ReasonSeparator = "; ";
    private const string HeadlinePrefix = "Headline";

    /// <summary>Characters of a number's name or slice; a longer one is a label that no list has room for.</summary>
    private const int MaxHeadlineText = 500;

    private static readonly RunColumn[] OfTheRun =
    [
        RunColumn.Create("Status", run => run.Status.ToString(), (run, value) => run with { Status = Enum.Parse<RunStatus>(value) }),
        RunColumn.Create("Dataset", run => run.Dataset.Length == 0 ? null : run.Dataset, (run, value) => run with { Dataset = value }),
        RunColumn.Create("DatasetETag", run => run.DatasetETag, (run, value) => run with { DatasetETag = value }),
        RunColumn.Create<long>("DatasetBytes", run => run.DatasetBytes, (run, value) => run with { DatasetBytes = value }),
        RunColumn.Create("DatasetHash", run => run.DatasetHash, (run, value) => run with { DatasetHash = value }),
        RunColumn.Create("Suite", run => run.Suite, (run, value) => run with { Suite = value }),
        RunColumn.Create("Name", run => run.Name, (run, value) => run with { Name = value }),
        RunColumn.Create("Model", run => run.Model, (run, value) => run with { Model = value }),
        RunColumn.Create("Baseline", run => run.Baseline, (run, value) => run with { Baseline = value }),
        RunColumn.Create("BaselineRun", run => run.BaselineRun, (run, value) => run with { BaselineRun = value }),
        RunColumn.CreateList("Candidates", run => run.Candidates, (run, value) => run with { Candidates = value }),
        RunColumn.CreateList("CandidateRuns", run => run.CandidateRuns, (run, value) => run with { CandidateRuns = value }),
        RunColumn.CreateList("Recommended", run => run.Recommended, (run, value) => run with { Recommended = value }),
        RunColumn.Create("Group", run => run.Group, (run, value) => run with { Group = value }),
        RunColumn.Create<int>("GroupResumption", run => run.GroupResumption, (run, value) => run with { GroupResumption = value }),
        RunColumn.Create<DateTimeOffset>("EndsBy", run => run.EndsBy, (run, value) => run with { EndsBy = value }),
        RunColumn.Create("Deployment", run => run.Deployment, (run, value) => run with { Deployment = value }),
        RunColumn.Create("SpecHash", run => run.SpecHash, (run, value) => run with { SpecHash = value }),
        RunColumn.Create<DateTimeOffset>("Started", run => run.Started, (run, value) => run with { Started = value }),
        RunColumn.Create("Source", run => run.Source, (run, value) => run with { Source = value }),
        RunColumn.Create("FineTuneJob", run => run.FineTuneJob, (run, value) => run with { FineTuneJob = value }),
        RunColumn.Create<DateTimeOffset>("DeployedSince", run => run.DeployedSince, (run, value) => run with { DeployedSince = value }),
        RunColumn.Create<int>("Deployments", run => run.Deployments, (run, value) => run with { Deployments = value }),
        RunColumn.Create<double>("HostingHours", run => run.HostingHours, (run, value) => run with { HostingHours = value }),
        RunColumn.Create<double>("HostingCost", run => run.HostingCost, (run, value) => run with { HostingCost = value }),
        RunColumn.Create("SuiteRun", run => run.SuiteRun, (run, value) => run with { SuiteRun = value }),
        RunColumn.Create("TrainingFile", run => run.TrainingFile, (run, value) => run with { TrainingFile = value }),
        RunColumn.Create("CodeVersion", run => run.CodeVersion, (run, value) => run with { CodeVersion = value }),
        RunColumn.Create<long>("ExpectedSamples", run => run.ExpectedSamples, (run, value) => run with { ExpectedSamples = value }),
        RunColumn.Create<bool>(
            "ExpectedSamplesEstimated",
            run => run.ExpectedSamplesEstimated,
            (run, value) => run with { ExpectedSamplesEstimated = value }
        ),
        RunColumn.Create<double>("EstimatedCost", run => run.EstimatedCost, (run, value) => run with { EstimatedCost = value }),
        RunColumn.Create<long>("Samples", run => run.Samples, (run, value) => run with { Samples = value }),
        RunColumn.Create<long>("DuplicateIds", run => run.DuplicateIds, (run, value) => run with { DuplicateIds = value }),
        RunColumn.Create<long>(
            "DuplicateIdsFirstLine",
            run => run.DuplicateIdsFirstLine,
            (run, value) => run with { DuplicateIdsFirstLine = value }
        ),
        RunColumn.Create("PreviousRun", run => run.PreviousRun, (run, value) => run with { PreviousRun = value }),
        RunColumn.Create(
            "Verdict",
            run => run.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null,
            (run, value) => run with { Verdict = VerdictNames.TryParse(value, out var verdict) ? verdict : null }
        ),
        RunColumn.Create(
            "VerdictReasons",
            run => run.Verdict is null ? null : Join(run.VerdictReasons),
            (run, value) => run with { VerdictReasons = Split(value) }
        ),
        RunColumn.Create("ErrorCode", run => run.ErrorCode, (run, value) => run with { ErrorCode = value }),
        RunColumn.Create("ErrorMessage", run => run.ErrorMessage, (run, value) => run with { ErrorMessage = value }),
        RunColumn.Create<DateTimeOffset>("Finished", run => run.Finished, (run, value) => run with { Finished = value }),
        RunColumn.Create<bool>(
            "CancelRequested",
            run => run.CancelRequested ? true : null,
            (run, value) => run with { CancelRequested = value }
        ),
        RunColumn.Create<int>(
            "Resumptions",
            run => run.Resumptions > 0 ? run.Resumptions : null,
            (run, value) => run with { Resumptions = value }
        ),
        RunColumn.Create<DateTimeOffset>("Resumed", run => run.Resumed, (run, value) => run with { Resumed = value }),
        RunColumn.Create<bool>("RepeatsFailed", run => run.RepeatsFailed, (run, value) => run with { RepeatsFailed = value }),
        RunColumn.Create<double>("MaxCost", run => run.MaxCost, (run, value) => run with { MaxCost = value }),
    ];

    /// <summary>Every column, in the order of the JSON members.</summary>
    public static IReadOnlyList<RunColumn> All { get; } =
    [
        .. OfTheRun
            .Concat(Figures("Candidate", run => run.CandidateFigures, (run, figures) => run with { CandidateFigures = figures }))
            .Concat(Figures("Baseline", run => run.BaselineFigures, (run, figures) => run with { BaselineFigures = figures }))
            .Concat(OfHeadline())
            .OrderBy(column => column.JsonName, StringComparer.Ordinal),
    ];

    /// <summary>Reasons as the column has them: <c>pass: …; fail: …</c>.</summary>
    public static string Join(IEnumerable<RuleVerdict> reasons) =>
        string.Join(ReasonSeparator, reasons.Select(rule => $"{VerdictNames.NameOf(rule.Result)}: {rule.Reason}"));

    /// <summary>
    /// The columns of the first headline number. JSON has them as one member with texts. The name comes first in the table as it does here,
    /// in whatever order columns are read: each makes the number that is not there yet.
    /// </summary>
    private static IEnumerable<RunColumn> OfHeadline()
    {
        yield return Text("Name", of => of.Name, (of, value) => of with { Name = value });
        yield return Text("Slice", of => of.Slice, (of, value) => of with { Slice = value });
        yield return Number("Value", of => of.Value, (of, value) => of with { Value = value });
        yield return Number("Lower", of => of.Lower, (of, value) => of with { Lower = value });
        yield return Number("Upper", of => of.Upper, (of, value) => of with { Upper = value });
        yield return Number("Difference", of => of.Difference, (of, value) => of with { Difference = value });
        yield return Number("DifferenceLower", of => of.DifferenceLower, (of, value) => of with { DifferenceLower = value });
        yield return Number("DifferenceUpper", of => of.DifferenceUpper, (of, value) => of with { DifferenceUpper = value });
        yield return Number("PValue", of => of.PValue, (of, value) => of with { PValue = value });
        yield return Flag("PValueIsBound", of => of.PValueIsBound, (of, value) => of with { PValueIsBound = value });
        yield return Text(
            "Reading",
            of => of.Reading is { } reading ? MetricReadings.NameOf(reading) : null,
            (of, value) => of with { Reading = MetricReadings.FindReading(value) }
        );
        yield return Flag("HigherIsBetter", of => of.HigherIsBetter, (of, value) => of with { HigherIsBetter = value });

        static RunHeadline Of(Run run) => run.Headline ?? new RunHeadline { Name = "" };

        static RunColumn Text(string name, Func<RunHeadline, string?> read, Func<RunHeadline, string, RunHeadline> write) =>
            RunColumn.CreateHidden(
                RunColumn.Create(
                    HeadlinePrefix + name,
                    run => run.Headline is { } of && read(of) is { } text ? text[..Math.Min(text.Length, MaxHeadlineText)] : null,
                    (run, value) => run with { Headline = write(Of(run), value) }
                )
            );

        static RunColumn Number(string name, Func<RunHeadline, double?> read, Func<RunHeadline, double, RunHeadline> write) =>
            RunColumn.CreateHidden(
                RunColumn.Create<double>(
                    HeadlinePrefix + name,
                    run => run.Headline is { } of && read(of) is { } number && double.IsFinite(number) ? number : null,
                    (run, value) => run with { Headline = write(Of(run), value) }
                )
            );

        static RunColumn Flag(string name, Func<RunHeadline, bool?> read, Func<RunHeadline, bool, RunHeadline> write) =>
            RunColumn.CreateHidden(
                RunColumn.Create<bool>(
                    HeadlinePrefix + name,
                    run => run.Headline is { } of ? read(of) : null,
                    (run, value) => run with { Headline = write(Of(run), value) }
                )
            );
    }

    /// <summary>The columns of one model.</summary>
    private static IEnumerable<RunColumn> Figures(string model, Func<Run, ModelFigures> figures, Func<Run, ModelFigures, Run> with)
    {
        foreach (var outcome in OutcomeNames.All.Values)
        {
            yield return Create<long>(
                outcome.ToString(),
                of => of.Outcomes?[outcome] is { } count && OutcomeNames.IsWritten(outcome, count) ? count : null,
                (of, value) => of with { Outcomes = (of.Outcomes ?? new OutcomeCounts()).With(outcome, value) }
            );
        }

        yield return Create<double>("Coverage", of => of.Coverage, (of, value) => of with { Coverage = value });
        yield return Create<double>("UnparsableRate", of => of.UnparsableRate, (of, value) => of with { UnparsableRate = value });
        yield return Create<long>("InputTokens", of => of.InputTokens, (of, value) => of with { InputTokens = value });
        yield return Create<long>("OutputTokens", of => of.OutputTokens, (of, value) => of with { OutputTokens = value });
        yield return Create<double>("Cost", of => of.Cost, (of, value) => of with { Cost = value });
        yield return Create<long>("Requests", of => of.Requests, (of, value) => of with { Requests = value });
        yield return Create<double>("LatencyMsP50", of => of.LatencyMsP50, (of, value) => of with { LatencyMsP50 = value });
        yield return Create<double>("LatencyMsP95", of => of.LatencyMsP95, (of, value) => of with { LatencyMsP95 = value });
        yield return Create<double>("LatencyMsP99", of => of.LatencyMsP99, (of, value) => of with { LatencyMsP99 = value });
        yield return Create<double>(
            "TimeToFirstTokenMsP50",
            of => of.TimeToFirstTokenMsP50,
            (of, value) => of with { TimeToFirstTokenMsP50 = value }
        );
        yield return Create<double>(
            "TimeToFirstTokenMsP95",
            of => of.TimeToFirstTokenMsP95,
            (of, value) => of with { TimeToFirstTokenMsP95 = value }
        );
        yield return Create<double>(
            "TimeToFirstTokenMsP99",
            of => of.TimeToFirstTokenMsP99,
            (of, value) => of with { TimeToFirstTokenMsP99 = value }
        );
        yield return Create<double>(
            "TokensPerSecondP50",
            of => of.TokensPerSecondP50,
            (of, value) => of with { TokensPerSecondP50 = value }
        );
        yield return Create<double>("TokensPerSecondP5", of => of.TokensPerSecondP5, (of, value) => of with { TokensPerSecondP5 = value });
        yield return Text("AnsweredBy", of => of.AnsweredBy, (of, value) => of with { AnsweredBy = value });
        yield return Text("SystemFingerprints", of => of.SystemFingerprints, (of, value) => of with { SystemFingerprints = value });
        yield return Text("Routes", of => of.Routes, (of, value) => of with { Routes = value });
        yield return Text("OtherDeployments", of => of.OtherDeployments, (of, value) => of with { OtherDeployments = value });
        yield return Text("LeftOut", of => of.LeftOut, (of, value) => of with { LeftOut = value });
        yield return Create<long>("ReasoningSamples", of => of.ReasoningSamples, (of, value) => of with { ReasoningSamples = value });
        yield return Create<long>(
            "ReasoningCharacters",
            of => of.ReasoningCharacters,
            (of, value) => of with { ReasoningCharacters = value }
        );
        yield return Create<long>("CachedInputTokens", of => of.CachedInputTokens, (of, value) => of with { CachedInputTokens = value });
        yield return Create<long>("ReasoningTokens", of => of.ReasoningTokens, (of, value) => of with { ReasoningTokens = value });

        RunColumn Create<T>(string name, Func<ModelFigures, T?> read, Func<ModelFigures, T, ModelFigures> write)
            where T : struct =>
            RunColumn.Create<T>(model + name, run => read(figures(run)), (run, value) => with(run, write(figures(run), value)));

        RunColumn Text(string name, Func<ModelFigures, string?> read, Func<ModelFigures, string, ModelFigures> write) =>
            RunColumn.Create(model + name, run => read(figures(run)), (run, value) => with(run, write(figures(run), value)));
    }

    /// <summary>The reasons of a column's text; what begins with no result's name belongs to the reason before.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<RuleVerdict> Split(string text) =>
        text.Length == 0
            ? []
            :
            [
                .. Separators()
                    .Split(text)
                    .Select(reason => reason.Split(": ", 2))
                    .Select(reason =>
                        reason.Length == 2 && VerdictNames.TryParse(reason[0], out var result)
                            ? new RuleVerdict(result, reason[1])
                            : new RuleVerdict(VerdictResult.Inconclusive, string.Join(": ", reason))
                    ),
            ];

    [GeneratedRegex("; (?=(?:pass|fail|inconclusive): )", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();
}
