namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Finds the repository's docs from where the tests run.</summary>
internal static class Documentation
{
    public static string Read(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FunctionsEval.sln")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return File.ReadAllText(Path.Combine(folder.FullName, "docs", name));
    }
}
