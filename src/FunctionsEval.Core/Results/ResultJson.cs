using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Results.Reviews;

namespace FunctionsEval.Core.Results;

/// <summary>How published results are written: camelCase, no escapes beyond what JSON needs, nothing for null.</summary>
public static class ResultJson
{
    /// <summary>On one line.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            TypeInfoResolver = ResultJsonContext.Default,
        };

    /// <summary>On several lines.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Options) { WriteIndented = true };
}

/// <summary>What is read and written without reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata
)]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(IReadOnlyList<GroupMember>))]
[JsonSerializable(typeof(RunsBefore))]
[JsonSerializable(typeof(RunOverview))]
[JsonSerializable(typeof(RunHeadline))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(RunMetrics))]
[JsonSerializable(typeof(MetricHistory))]
[JsonSerializable(typeof(RunComparisonResult))]
[JsonSerializable(typeof(SpecComparison))]
[JsonSerializable(typeof(ProbabilityCurves))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(CandidatesSummary))]
[JsonSerializable(typeof(SampleResult))]
[JsonSerializable(typeof(SamplePage))]
[JsonSerializable(typeof(SampleFacets))]
[JsonSerializable(typeof(SampleDetail))]
[JsonSerializable(typeof(StartedRun))]
[JsonSerializable(typeof(StartedSuite))]
[JsonSerializable(typeof(ResumedRun))]
[JsonSerializable(typeof(CancelledRun))]
[JsonSerializable(typeof(StoredTrainingFile))]
[JsonSerializable(typeof(ModelPage))]
[JsonSerializable(typeof(ModelProbe))]
[JsonSerializable(typeof(ModelProbePlan))]
[JsonSerializable(typeof(SuiteRun))]
[JsonSerializable(typeof(SuitePage))]
[JsonSerializable(typeof(StartedSuiteRun))]
[JsonSerializable(typeof(ResumedSuiteRun))]
[JsonSerializable(typeof(CancelledSuiteRun))]
[JsonSerializable(typeof(Review))]
[JsonSerializable(typeof(ReviewSummary))]
[JsonSerializable(typeof(ReviewPage))]
[JsonSerializable(typeof(ReviewedItem))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ResultJsonContext : JsonSerializerContext;
