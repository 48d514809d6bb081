using System.Text.Json;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The first samples that only one of the two models got right: whose prediction equals a reference, or that chose a right choice.</summary>
/// <param name="Gained">Only the candidate did.</param>
/// <param name="Lost">Only the baseline did.</param>
/// <param name="IsCut">Whether there were more samples than are looked at.</param>
internal sealed record SampleFlips(IReadOnlyList<SampleReport> Gained, IReadOnlyList<SampleReport> Lost, bool IsCut)
{
    public const int MostShown = 50;
    public const int MostLookedAt = 200_000;

    /// <summary>Reads them from <c>samples.jsonl</c>, no further than it takes.</summary>
    public static async Task<SampleFlips> ReadAsync(Stream samples, CancellationToken cancellationToken)
    {
        var (gained, lost) = (new List<SampleReport>(), new List<SampleReport>());
        using var reader = new StreamReader(samples);
        var looked = 0;
        while ((gained.Count < MostShown || lost.Count < MostShown) && await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (looked++ == MostLookedAt)
                return new SampleFlips(gained, lost, IsCut: true);
            var sample = JsonSerializer.Deserialize<SampleReport>(line, RunJson.Options)!;
            if (sample.Baseline is null)
                continue;
            var (candidate, baseline) = (IsRight(sample, sample.Candidate), IsRight(sample, sample.Baseline));
            if (candidate && !baseline && gained.Count < MostShown)
                gained.Add(sample);
            else if (baseline && !candidate && lost.Count < MostShown)
                lost.Add(sample);
        }

        return new SampleFlips(gained, lost, IsCut: false);
    }

    private static bool IsRight(SampleReport sample, AnswerReport answer) =>
        answer.Choices is { Count: > 0 } choices
            ? choices.MaxBy(choice => choice.LogLikelihood)!.IsGold
            : answer is { Outcome: Outcome.Scored, Prediction: { } prediction } && sample.References.Contains(prediction, StringComparer.Ordinal);
}
