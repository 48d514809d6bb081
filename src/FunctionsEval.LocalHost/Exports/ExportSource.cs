using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>The run that is exported. What not every format needs is read when it is asked for.</summary>
internal sealed class ExportSource(Run run, RunSummary? summary, EvaluationApi? client = null)
{
    /// <summary>The run.</summary>
    public Run Run => run;

    /// <summary>Its summary; null when it has none.</summary>
    public RunSummary? Summary => summary;

    /// <summary>What the run is called.</summary>
    public string Name => run.Name ?? run.RunId;

    /// <summary>All warnings are in the summary, as many as a row holds in the run.</summary>
    public IReadOnlyList<string> Warnings => summary?.Warnings ?? run.Warnings;

    /// <summary>The server that the run is sent to; null for an export that is written.</summary>
    public Uri? Server { get; init; }

    /// <summary>The server's experiment; null for the suite's name.</summary>
    public string? Experiment { get; init; }

    /// <summary>The summary.</summary>
    /// <exception cref="LocalHostException">The run has none.</exception>
    public RunSummary RequireSummary() => summary ?? throw new LocalHostException("The run has no metrics.");

    /// <summary>This source, unless the run is a group, whose candidates have results of their own.</summary>
    /// <exception cref="LocalHostException">It is one.</exception>
    public ExportSource RequireOneCandidate() =>
        run.IsGroup
            ? throw new LocalHostException(
                $"Run {run.RunId} is a group of candidates, which this format cannot hold. Export one of its runs: "
                    + $"{string.Join(", ", run.Candidates.Zip(run.CandidateRuns, (model, runId) => $"{runId} ({model})"))}."
            )
            : this;

    /// <summary>Reads a run and its summary.</summary>
    /// <exception cref="LocalHostException">There is no such run; the message is the app's own.</exception>
    public static async Task<ExportSource> ReadAsync(
        EvaluationApi client,
        string runId,
        (Uri? Server, string? Experiment) target,
        CancellationToken cancellationToken
    ) =>
        new(await client.GetRunAsync(runId, cancellationToken), await client.FindSummaryAsync(runId, cancellationToken), client)
        {
            Server = target.Server,
            Experiment = target.Experiment,
        };

    /// <summary>Reads the report.</summary>
    /// <exception cref="LocalHostException">There is none (yet); the message is the app's own.</exception>
    public Task<string> ReadReportAsync(CancellationToken cancellationToken) => client!.ReportAsync(run.RunId, cancellationToken);

    /// <summary>Reads the overview as Markdown.</summary>
    /// <exception cref="LocalHostException">There is no such run; the message is the app's own.</exception>
    public Task<string> ReadMarkdownAsync(CancellationToken cancellationToken) =>
        client!.OverviewMarkdownAsync(run.RunId, cancellationToken);

    /// <summary>Reads every sample.</summary>
    public async Task<AnsweredSamples> ReadSamplesAsync(CancellationToken cancellationToken)
    {
        List<SampleResult> samples = [];
        await foreach (var sample in client!.SamplesAsync(run.RunId, [], int.MaxValue, cancellationToken))
        {
            samples.Add(sample);
        }

        return new AnsweredSamples(samples);
    }
}
