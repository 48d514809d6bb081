using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Specs;

/// <summary>What becomes of the grader of a fine-tuning job.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobGraderUse>))]
public enum JobGraderUse
{
    /// <summary>It is a metric of the job's runs, where the app can compute it.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>It is a metric of the job's runs; where the app cannot compute it, the runs fail and say why.</summary>
    [JsonStringEnumMemberName("require")]
    Require,

    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("ignore")]
    Ignore,
}
