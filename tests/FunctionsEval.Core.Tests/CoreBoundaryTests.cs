using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests;

public sealed class CoreBoundaryTests
{
    [Fact]
    public void Core_references_the_framework_and_the_pure_libraries_it_is_allowed_only()
    {
        string[] allowed =
        [
            "CsvHelper",
            "Fluid",
            "JsonSchema.Net",
            "Microsoft.ML.Tokenizers",
            "Parlot",
            "Parquet",
            "System.IO.Hashing",
            "YamlDotNet",
            "ZstdSharp",
        ];

        var others = typeof(RunId)
            .Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) || name is "System.Net.Http")
            .Except(allowed, StringComparer.Ordinal);

        Assert.Empty(others);
    }
}
