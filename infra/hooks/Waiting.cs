namespace FunctionsEval.Hooks;

/// <summary>Repeats what Azure does not do at once, and says what it waits for, how long it has waited and how long it will at most.</summary>
internal sealed class Waiting(TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    /// <summary>Repeats an attempt until it succeeds, fails for good, or the time is over.</summary>
    /// <param name="what">What is waited for, and why it may take a while: a sentence.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="attempt">Tries it.</param>
    /// <param name="isFinal">Whether a failure stays, however long one waits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The last attempt's result.</returns>
    public async Task<CliResult> UntilAsync(
        string what,
        TimeSpan atMost,
        Func<Task<CliResult>> attempt,
        Predicate<CliResult> isFinal,
        CancellationToken cancellationToken
    )
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var result = await attempt();
            var waited = time.GetElapsedTime(began);
            if (result.IsSuccess || isFinal(result) || waited + Pause > atMost)
            {
                return result;
            }

            await output.WriteLineAsync($"{what} Waited {waited:m\\:ss} of at most {atMost:m\\:ss}. Last answer: {result.FirstError}");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
