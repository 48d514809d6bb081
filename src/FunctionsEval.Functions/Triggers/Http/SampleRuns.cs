using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>Answers requests about the samples of a run; of a group, <c>candidate</c> names the one whose samples are meant.</summary>
internal sealed class SampleRuns(RunTables tables, SampleIndexes indexes, SampleFinder finder)
{
    private const int Attempts = 3;

    /// <summary>Finds the run whose samples are meant.</summary>
    /// <returns>The run; or what is wrong.</returns>
    public async Task<(Run? Run, IResult? Problem)> FindAsync(HttpRequest request, string runId, CancellationToken cancellationToken)
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return (null, Problems.UnknownRun(runId));
        }

        if (!run.IsGroup)
        {
            return (run, null);
        }

        return FindMember(run, request.Query["candidate"]) is not { } member ? (null, Problems.IsGroup(run))
            : await tables.FindRunAsync(member, cancellationToken) is { Run: var found } ? (found, null)
            : (null, Problems.UnknownRun(member));
    }

    /// <summary>Answers with what is found by the index, and once more with the new one where the samples were written again.</summary>
    /// <param name="request">The request.</param>
    /// <param name="runId">The run, or the group.</param>
    /// <param name="query">Which samples are found.</param>
    /// <param name="answer">Makes the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IResult> AnswerAsync(
        HttpRequest request,
        string runId,
        SamplesQuery query,
        Func<SampleIndex, FoundSamples, Task<IResult>> answer,
        CancellationToken cancellationToken
    )
    {
        var (run, problem) = await FindAsync(request, runId, cancellationToken);
        if (run is null)
        {
            return problem!;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await indexes.FindAsync(run.RunId, cancellationToken) is { } index
                    ? await answer(index, await finder.FindAsync(index, query.Filter, query.Order, cancellationToken))
                    : Problems.NotYet(run.RunId, run.Status);
            }
            catch (OptionException wrong)
            {
                return Problems.BadRequest("invalid_query", wrong.Message);
            }
            catch (SamplesChangedException) when (attempt < Attempts)
            {
                // The run was resumed.
            }
            catch (SampleScoresLostException) when (attempt < Attempts)
            {
                await indexes.DiscardAsync(run.RunId, cancellationToken);
            }
            catch (Exception changing) when (changing is SamplesChangedException or SampleScoresLostException)
            {
                return Problems.Unavailable("samples_changed", "The run's samples are being written again. Ask again in some seconds.");
            }
        }
    }

    /// <summary>The run of one of a group's candidates; null where the request names none of them.</summary>
    private static string? FindMember(Run group, string? candidate) =>
        group
            .Candidates.Zip(group.CandidateRuns)
            .FirstOrDefault(pair => string.Equals(pair.First, candidate, StringComparison.OrdinalIgnoreCase))
            .Second;
}
