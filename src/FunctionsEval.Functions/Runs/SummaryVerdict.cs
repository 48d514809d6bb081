using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>What is read of <c>summary.json</c> where only the verdict matters.</summary>
internal sealed record SummaryVerdict(Verdict? Verdict)
{
    /// <summary>The verdict of a summary; null when it has none.</summary>
    public static Verdict? Read(BinaryData summary) => JsonSerializer.Deserialize<SummaryVerdict>(summary, RunJson.Options)?.Verdict;
}
