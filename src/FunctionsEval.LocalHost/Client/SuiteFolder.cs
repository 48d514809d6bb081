namespace FunctionsEval.LocalHost.Client;

/// <summary>A folder of this machine and the suite that its files become.</summary>
internal sealed record SuiteFolder(string Path, string Suite)
{
    /// <summary>
    /// Where a blob's file lies here; null for a blob of another suite, and for a name that a file system takes for a file of another
    /// folder.
    /// </summary>
    public string? PathOf(string blob)
    {
        if (!blob.StartsWith(Suite + "/", StringComparison.Ordinal))
        {
            return null;
        }

        var path = System.IO.Path.GetFullPath(blob[(Suite.Length + 1)..], Path);
        return path.StartsWith(
            System.IO.Path.EndsInDirectorySeparator(Path) ? Path : Path + System.IO.Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        )
            ? path
            : null;
    }

    /// <summary>A blob's file; null where there is none here.</summary>
    public string? FindFile(string blob) => PathOf(blob) is { } path && File.Exists(path) ? path : null;
}
