using System.Reflection;

namespace FunctionsEval.LocalHost.Machine;

/// <summary>Finds what belongs to the working copy this program was built in, wherever it is started from.</summary>
internal static class RepositoryLayout
{
    private const string AzuriteProject = "src/FunctionsEval.LocalHost/Azurite";

    /// <summary>The build output of the function app, in this program's own build configuration.</summary>
    /// <exception cref="LocalHostException">The program does not run from a working copy.</exception>
    public static string FunctionAppDirectory =>
        Find(
            typeof(RepositoryLayout)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(attribute => attribute.Key == nameof(FunctionAppDirectory))
                .Value!
        );

    /// <summary>The folder whose <c>package-lock.json</c> pins Azurite.</summary>
    /// <exception cref="LocalHostException">The program does not run from a working copy.</exception>
    public static string AzuriteDirectory => Find(AzuriteProject);

    /// <summary>The sample suites.</summary>
    /// <exception cref="LocalHostException">The program does not run from a working copy.</exception>
    public static string SamplesDirectory => Find("samples");

    /// <summary>The JSON schema of evaluation specs.</summary>
    /// <exception cref="LocalHostException">The program does not run from a working copy.</exception>
    public static string SpecSchema => Find("docs/evaluation.schema.json");

    private static string Find(string relativePath)
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (Directory.Exists(Path.Combine(directory.FullName, AzuriteProject)))
            {
                return Path.GetFullPath(relativePath, directory.FullName);
            }
        }
        throw new LocalHostException(
            $"'{AppContext.BaseDirectory}' is not inside a working copy of the repository. "
                + "Start this program with 'dotnet run --project src/FunctionsEval.LocalHost'."
        );
    }
}
