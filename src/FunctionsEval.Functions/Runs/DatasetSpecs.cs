using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>Finds the specs that apply to datasets. Each spec is read once, however many datasets it applies to.</summary>
internal sealed class DatasetSpecs(DatasetStore datasets, TrainingFileNames trainingFiles, ILogger logger)
{
    private readonly Dictionary<string, EvaluationSpec?> _known = new(StringComparer.Ordinal);

    /// <summary>The spec that applies to a dataset, if it is a wanted one; null for any other blob.</summary>
    public async Task<(string Name, EvaluationSpec Spec)?> FindAsync(
        string dataset,
        Func<EvaluationSpec, bool> isWanted,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.Classify(dataset) is not DatasetNameKind.Dataset)
        {
            return null;
        }

        foreach (var candidate in DatasetNames.SpecCandidates(dataset))
        {
            if (!_known.TryGetValue(candidate, out var spec))
            {
                _known[candidate] = spec = await ReadAsync(candidate, cancellationToken);
            }

            if (spec is null)
            {
                continue;
            }

            return isWanted(spec) && await trainingFiles.FindSpecAsync(dataset, (candidate, spec), cancellationToken) is null
                ? (candidate, spec)
                : null;
        }

        return null;
    }

    private async Task<EvaluationSpec?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (await datasets.FindSpecAsync([name], cancellationToken) is not { } file)
        {
            return null;
        }

        try
        {
            return SpecReader.Read(file.Content.ToMemory().Span, name);
        }
        catch (SpecException invalid)
        {
            logger.SpecUnusable(invalid.Message);
            return null;
        }
    }
}
