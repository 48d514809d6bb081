using FunctionsEval.Core.Datasets;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>
/// A dataset's place: its folder and name as they will be in the container, and the file of the spec that will apply to it.
/// </summary>
/// <param name="Folder">The folder that stands for the suite's.</param>
/// <param name="Name">The dataset's blob name.</param>
/// <param name="SpecName">The spec's blob name.</param>
internal sealed record LocalSpec(SuiteFolder Folder, string Name, string? SpecName)
{
    /// <summary>Folders above a dataset's in which a spec is looked for.</summary>
    private const int MaxLevels = 8;

    /// <summary>The spec's file; null where there is none.</summary>
    public string? Path => SpecName is null ? null : Folder.FindFile(SpecName);

    /// <summary>Finds the spec of a dataset: beside it, or in the nearest folder above.</summary>
    /// <param name="file">The dataset.</param>
    /// <param name="root">The folder above which no spec is looked for; null for some levels.</param>
    public static LocalSpec Find(string file, string? root = null)
    {
        var path = System.IO.Path.GetFullPath(file);
        var folder = new DirectoryInfo(System.IO.Path.GetDirectoryName(path)!);
        var own = Place(path, folder);
        for (var level = 0; level < MaxLevels && folder is not null; level++, folder = folder.Parent)
        {
            var place = Place(path, folder);
            var isRoot =
                root is not null && System.IO.Path.GetFullPath(root).TrimEnd(System.IO.Path.DirectorySeparatorChar) == folder.FullName;
            if (place.SpecName is not null || isRoot)
            {
                return place;
            }
        }

        return own;
    }

    private static LocalSpec Place(string path, DirectoryInfo folder)
    {
        // The root of a drive has a name that is none of a container's folder.
        var suite = folder.Parent is null ? "suite" : folder.Name;
        var place = new SuiteFolder(folder.FullName, suite);
        var relative = System.IO.Path.GetRelativePath(folder.FullName, path).Replace(System.IO.Path.DirectorySeparatorChar, '/');
        var name = $"{suite}/{relative}";
        return new LocalSpec(
            place,
            name,
            DatasetNames.SpecCandidates(name).FirstOrDefault(candidate => place.FindFile(candidate) is not null)
        );
    }
}
