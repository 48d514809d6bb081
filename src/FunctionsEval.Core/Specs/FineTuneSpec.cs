using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs;

/// <summary>
/// Which fine-tuning jobs a suite evaluates. Patterns match the whole text without regard to letter case; <c>*</c> stands for any
/// characters, <c>?</c> for one. What is null matches every job.
/// </summary>
public sealed record FineTuneSpec
{
    /// <summary>Pattern of the base model's id, for example <c>gpt-4o-mini-*</c>.</summary>
    [TextField]
    [Example("gpt-4o-mini*")]
    public string? BaseModel { get; init; }

    /// <summary>Pattern of the suffix that was given to the job.</summary>
    [TextField]
    [Example("tickets*")]
    public string? Suffix { get; init; }

    /// <summary>Pattern of the training file's name, or its id.</summary>
    [TextField]
    [Example("tickets-*.jsonl")]
    public string? TrainingFile { get; init; }

    /// <summary>
    /// What becomes of the grader of a job that was tuned by reinforcement; see <see href="fine-tuning.md#the-jobs-own-grader">the job's
    /// own grader</see>. Default <c>auto</c>.
    /// </summary>
    [ChoiceField<JobGraderUse>]
    [Example("auto")]
    public JobGraderUse Grader { get; init; }

    /// <summary>The configured model that the job's grader asks, instead of the one that it names; null for that one.</summary>
    [TextField]
    [Example("my-judge")]
    public string? GraderModel { get; init; }

    /// <summary>Whether a job is one of those.</summary>
    /// <param name="job">The job.</param>
    public bool Matches(FineTuningJobTraits job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Match(BaseModel, job.BaseModel)
            && Match(Suffix, job.Suffix)
            && (Match(TrainingFile, job.TrainingFileName) || Match(TrainingFile, job.TrainingFileId));

        static bool Match(string? pattern, string? value) =>
            pattern is null
            || (value is not null && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: true));
    }
}
