using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Suites;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>A folder whose spec has the section <c>suite</c>.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Spec">Its spec.</param>
/// <param name="Section">The section.</param>
internal sealed record SuiteFolder(string Folder, EvaluationSpec Spec, SuiteSpec Section)
{
    /// <summary>A dataset's name as the section has it.</summary>
    public string NameOf(string dataset) => dataset[(Folder.Length + 1)..];
}

/// <summary>Finds the suites: folders whose spec has the section <c>suite</c>.</summary>
internal sealed class SuiteFolders(DatasetStore datasets, ILogger<SuiteFolders> logger)
{
    /// <summary>The nearest suite that a dataset belongs to; null for none. A spec that cannot be read makes none.</summary>
    public async Task<SuiteFolder?> FindAboveAsync(string dataset, CancellationToken cancellationToken)
    {
        for (var folder = DatasetNames.SuiteOf(dataset); folder.Length > 0; folder = DatasetNames.SuiteOf(folder))
        {
            try
            {
                if (await FindAsync(folder, cancellationToken) is { } suite)
                {
                    return suite;
                }
            }
            catch (SpecException invalid)
            {
                logger.SpecUnusable(invalid.Message);
            }
        }

        return null;
    }

    /// <summary>The nearest suites that datasets belong to, each once.</summary>
    public async Task<IReadOnlyCollection<string>> FindFoldersAsync(IEnumerable<string> named, CancellationToken cancellationToken)
    {
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var dataset in named)
        {
            if (await FindAboveAsync(dataset, cancellationToken) is { } suite)
            {
                folders.Add(suite.Folder);
            }
        }

        return folders;
    }

    /// <summary>The spec of a run that a suite run is over: it tells nobody of the run's end, because the suite tells of its own.</summary>
    public async Task<EvaluationSpec> QuietAsync(string dataset, EvaluationSpec spec, CancellationToken cancellationToken) =>
        spec.Notify is not null && await FindAboveAsync(dataset, cancellationToken) is not null ? spec with { Notify = null } : spec;

    /// <summary>The suite of a folder; null where it has no spec, or one without the section.</summary>
    /// <exception cref="SpecException">The spec cannot be read.</exception>
    public async Task<SuiteFolder?> FindAsync(string folder, CancellationToken cancellationToken)
    {
        if (await datasets.FindSpecAsync(DatasetNames.FolderSpecCandidates(folder), cancellationToken) is not { } file)
        {
            return null;
        }

        var spec = SpecReader.Read(file.Content.ToMemory().Span, file.Name);
        return spec.Suite is { } section ? new SuiteFolder(folder, spec, section) : null;
    }
}
