using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Keeps what callers want back with the notification of a run's end: which pull request asked, for example. The app does not read it, and
/// it is no part of a run's id, so that several callers may ask for one run and each gets its own back.
/// </summary>
internal sealed class CallerContexts(RunTables tables, RunBlobs blobs, SuiteBlobs suiteBlobs)
{
    /// <summary>Maximum length of a context in characters.</summary>
    public const int MaxLength = 512;

    /// <summary>Maximum number of contexts of a run.</summary>
    public const int MaxCount = 8;

    /// <summary>What is wrong with a context, and the fix; null for one that can be kept, and for none.</summary>
    public static string? FindProblem(string? context) =>
        context is null || (context.Length is > 0 and <= MaxLength && context.All(character => character is >= ' ' and <= '~'))
            ? null
            : $"context: must be 1 to {MaxLength} printable ASCII characters. It comes back with the notification as it is; "
                + "write what tells the caller what it asked for.";

    /// <summary>Keeps a context with a run that has not ended and notifies somebody.</summary>
    /// <returns>Whether the notification will carry it; null where there is none to keep.</returns>
    public async Task<bool?> KeepAsync(string runId, string? context, CancellationToken cancellationToken)
    {
        if (context is null)
        {
            return null;
        }

        if (await blobs.FindSpecAsync(runId, cancellationToken) is not { Notify: { } notify } || notify is { Webhook: null, Queue: false })
        {
            return false;
        }

        var isKept = false;
        return await tables.UpdateRunAsync(
                runId,
                run =>
                {
                    (var contexts, isKept) = Add(run.Contexts, context);
                    return run with { Contexts = contexts };
                },
                cancellationToken
            ) && isKept;
    }

    /// <summary>As <see cref="KeepAsync"/>, with a suite run.</summary>
    public async Task<bool?> KeepForSuiteAsync(string suiteRunId, string? context, CancellationToken cancellationToken)
    {
        if (context is null)
        {
            return null;
        }

        if (await suiteBlobs.FindPlanAsync(suiteRunId, cancellationToken) is null or { NotifiedWebhook: null, NotifiesQueue: false })
        {
            return false;
        }

        while (await tables.Suites.FindAsync(suiteRunId, cancellationToken) is { } stored && stored.Run.IsUnderWay(resumption: null))
        {
            var (contexts, isKept) = Add(stored.Run.Contexts ?? [], context);
            if (!isKept || await tables.Suites.TryUpdateAsync(stored, stored.Run with { Contexts = contexts }, cancellationToken))
            {
                return isKept;
            }
        }

        return false;
    }

    private static (IReadOnlyList<string> Contexts, bool IsKept) Add(IReadOnlyList<string> contexts, string context) =>
        contexts.Contains(context, StringComparer.Ordinal) ? (contexts, true)
        : contexts.Count >= MaxCount ? (contexts, false)
        : ([.. contexts, context], true);
}
