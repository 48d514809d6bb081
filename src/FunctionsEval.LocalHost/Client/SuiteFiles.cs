using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>The datasets of a folder on this machine that is a suite.</summary>
internal static class SuiteFiles
{
    /// <summary>The datasets in a folder and those below it, without the training files that its specs name.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>Each with its folder relative to <paramref name="directory"/>, in ordinal order.</returns>
    /// <exception cref="LocalHostException">The folder has no spec with the section <c>suite</c>, a spec cannot be read, or there is no
    /// dataset.</exception>
    public static IReadOnlyList<(string File, string Folder)> Find(string directory)
    {
        var files = Directory
            .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(directory, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)
            .ToList();
        var specs = files
            .Where(file => DatasetNames.Classify(file) is DatasetNameKind.Spec)
            .ToDictionary(file => file, file => Read(Path.Combine(directory, file), file), StringComparer.Ordinal);
        if (!specs.Any(spec => !spec.Key.Contains('/') && spec.Value.Suite is not null))
        {
            throw new LocalHostException(
                $"{directory} has no evaluation.json with the section suite. "
                    + """Add "suite": {} to it for one verdict over the folder's datasets, or name one dataset."""
            );
        }

        var training = specs
            .Select(spec => DatasetNames.TrainingFileOf("./" + spec.Key, spec.Value.TrainingFile))
            .OfType<string>()
            .Select(file => file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file)
            .ToHashSet(StringComparer.Ordinal);
        List<(string, string)> datasets =
        [
            .. files
                .Where(file => DatasetNames.Classify(file) is DatasetNameKind.Dataset && !training.Contains(file))
                .Select(file => (Path.Combine(directory, file), DatasetNames.SuiteOf(file))),
        ];
        return datasets.Count > 0 ? datasets : throw new LocalHostException($"There is no dataset in {directory}.");
    }

    private static EvaluationSpec Read(string path, string name)
    {
        try
        {
            using var spec = File.OpenRead(path);
            return SpecReader.Read(spec, name);
        }
        catch (SpecException invalid)
        {
            throw new LocalHostException(invalid.Message);
        }
    }
}
