using FunctionsEval.Core.Results;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Follows a suite run until it has ended.</summary>
/// <param name="api">The app that evaluates.</param>
/// <param name="pauses">How long is waited before it is asked again.</param>
/// <param name="notice">Receives a line for each change.</param>
internal sealed class SuiteFollower(EvaluationApi api, PollingPauses pauses, Action<string> notice)
{
    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);

    /// <summary>Polls until the suite run has ended.</summary>
    public async Task<SuiteRun> FollowAsync(string suiteRunId, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var suite = await api.GetSuiteAsync(suiteRunId, cancellationToken);
            Show(suite);
            if (suite.Status.HasEnded)
            {
                return suite;
            }

            await Task.Delay(pauses.After(TimeProvider.System.GetElapsedTime(started)), TimeProvider.System, cancellationToken);
        }
    }

    private void Show(SuiteRun suite)
    {
        foreach (var dataset in suite.Datasets ?? [])
        {
            var state = dataset.Status?.ToString() ?? dataset.ErrorCode ?? "waiting";
            if (_shown.GetValueOrDefault(dataset.Dataset) != state)
            {
                _shown[dataset.Dataset] = state;
                notice($"{dataset.Dataset}: {state}{(dataset.RunId is { } runId ? $" ({runId})" : "")}");
            }
        }
    }
}
