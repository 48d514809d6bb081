using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Suites;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>What <c>validate</c> found about the datasets of a folder.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Datasets">Its datasets, in ordinal order of their names.</param>
/// <param name="Missing">Names and patterns of the section <c>suite</c> that no dataset has.</param>
/// <param name="Cost">What all runs cost at most; null where a price is not known.</param>
internal sealed record FolderValidation(string Folder, IReadOnlyList<FileValidation> Datasets, IReadOnlyList<string> Missing, double? Cost)
{
    /// <summary>Whether there is something to mend.</summary>
    public bool HasProblems => Missing.Count > 0 || Datasets.Any(dataset => dataset.HasProblems);
}

/// <summary>Looks at all datasets of a folder and those below it, without the training files that its specs name.</summary>
/// <param name="validator">Looks at one.</param>
internal sealed class FolderValidator(DatasetValidator validator)
{
    /// <summary>Looks at a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">There is no dataset in it.</exception>
    public async Task<FolderValidation> CheckAsync(string folder, CancellationToken cancellationToken)
    {
        List<string> files =
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
                .Order(StringComparer.Ordinal),
        ];
        var specs = files
            .Where(file => DatasetNames.Classify(file) is DatasetNameKind.Spec)
            .ToDictionary(file => file, file => TryRead(Path.Combine(folder, file)), StringComparer.Ordinal);
        var training = specs
            .Select(spec => DatasetNames.TrainingFileOf(spec.Key, spec.Value?.TrainingFile))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var names = files.FindAll(file => DatasetNames.Classify(file) is DatasetNameKind.Dataset && !training.Contains(file));
        if (names.Count == 0)
        {
            throw new LocalHostException($"There is no dataset in {folder}.");
        }

        List<FileValidation> datasets = [];
        foreach (var name in names)
        {
            datasets.Add(await validator.CheckAsync(Path.Combine(folder, name), specFile: null, folder, cancellationToken));
        }

        var suite = DatasetNames
            .FolderSpecCandidates(".")
            .Select(spec => specs.GetValueOrDefault(spec[2..]))
            .FirstOrDefault(spec => spec is not null)
            ?.Suite;
        return new FolderValidation(
            folder,
            datasets,
            [.. (suite?.FindMissing(names) ?? []).Select(entry => $"{entry.Key} ({SuiteTierNames.NameOf(entry.Value)})")],
            datasets.TrueForAll(dataset => dataset.Cost?.Max is not null) ? datasets.Sum(dataset => dataset.Cost!.Max) : null
        );
    }

    /// <summary>A spec; null for one that cannot be read, which the dataset it applies to says.</summary>
    private static EvaluationSpec? TryRead(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return SpecReader.Read(file, Path.GetFileName(path));
        }
        catch (SpecException)
        {
            return null;
        }
    }
}
