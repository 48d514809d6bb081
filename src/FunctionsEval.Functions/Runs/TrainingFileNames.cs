using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Tells training files from datasets. A spec names its training file relative to its own folder, so a blob is one when any spec beside it
/// or in a folder above names it, whichever spec would apply to it as a dataset. A blob with a spec of its own is a dataset unless that
/// spec names it.
/// </summary>
internal sealed class TrainingFileNames(DatasetStore datasets)
{
    /// <summary>The spec that names a blob as its training file; null when none does.</summary>
    /// <param name="name">The blob.</param>
    /// <param name="applying">The spec that applies to the blob as a dataset, and its name; null where there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> FindSpecAsync(string name, (string Name, EvaluationSpec Spec)? applying, CancellationToken cancellationToken)
    {
        if (applying is { } own && DatasetNames.TrainingFileOf(own.Name, own.Spec.TrainingFile) == name)
        {
            return own.Name;
        }

        if (applying is { } found && DatasetNames.IsOwnSpec(found.Name, name))
        {
            return null;
        }

        await foreach (var specName in datasets.SpecsAboveAsync(name, cancellationToken))
        {
            if (
                specName != applying?.Name
                && await ReadAsync(specName, cancellationToken) is { } spec
                && DatasetNames.TrainingFileOf(specName, spec.TrainingFile) == name
            )
            {
                return specName;
            }
        }

        return null;
    }

    /// <summary>A spec; null when it is gone or names nothing because it cannot be read.</summary>
    private async Task<EvaluationSpec?> ReadAsync(string specName, CancellationToken cancellationToken)
    {
        if (await datasets.FindSpecAsync([specName], cancellationToken) is not { } file)
        {
            return null;
        }

        try
        {
            return SpecReader.Read(file.Content.ToMemory().Span, specName);
        }
        catch (SpecException)
        {
            return null;
        }
    }
}
