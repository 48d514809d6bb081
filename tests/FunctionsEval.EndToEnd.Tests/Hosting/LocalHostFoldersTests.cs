using System.Text.RegularExpressions;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>Folders of the local host use those before them and no other: there is no cycle.</summary>
public sealed partial class LocalHostFoldersTests
{
    private static readonly string[] Order =
    [
        "Machine",
        "Azurite",
        "Hosting",
        "SampleModels",
        "Client",
        "Validation",
        "Exports",
        "Commands",
    ];

    private static readonly string Project = Path.GetFullPath("..", RepositoryLayout.AzuriteDirectory);

    [Fact]
    public void A_folder_uses_only_the_folders_before_it()
    {
        var backwards =
            from folder in Order.Index()
            from file in Directory.EnumerateFiles(Path.Combine(Project, folder.Item), "*.cs")
            from Match used in Used().Matches(File.ReadAllText(file))
            where Array.IndexOf(Order, used.Groups[1].Value) > folder.Index
            select $"{Path.GetFileName(file)} uses {used.Groups[1].Value}";

        Assert.Empty(backwards);
    }

    [Fact]
    public void Commands_client_and_exports_read_no_untyped_json() =>
        Assert.All(
            new[] { "Client", "Commands", "Exports" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Project, folder), "*.cs")),
            file => Assert.DoesNotMatch("Json(Node|Object|Array|Value)\\b", File.ReadAllText(file))
        );

    [GeneratedRegex(@"using FunctionsEval\.LocalHost\.(\w+)")]
    private static partial Regex Used();
}
