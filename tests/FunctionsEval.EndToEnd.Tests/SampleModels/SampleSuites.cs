using System.Text.Json.Nodes;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>The sample suites in the repository.</summary>
internal static class SampleSuites
{
    public static string Directory { get; } = Find();

    public static IReadOnlyList<JsonObject> Rows(string suite, string file) =>
        [.. File.ReadLines(Path.Combine(Directory, suite, file)).Select(line => JsonNode.Parse(line)!.AsObject())];

    public static JsonObject Spec(string suite) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Directory, suite, "evaluation.json")))!.AsObject();

    /// <summary>The text that a model sees of a row, whatever the suite's format.</summary>
    public static string Input(JsonObject row) =>
        row["input"] is JsonObject pair ? Message(pair, "user") : (string?)(row["text"] ?? row["input"]) ?? Message(row, "user");

    public static string Label(JsonObject row) => Message(row, "assistant");

    private static string Message(JsonObject row, string role) =>
        (string)row["messages"]!.AsArray().Single(message => (string)message!["role"]! == role)!["content"]!;

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "FunctionsEval.sln")))
            {
                return Path.Combine(directory.FullName, "samples");
            }
        }
        throw new InvalidOperationException($"No FunctionsEval.sln above {AppContext.BaseDirectory}.");
    }
}
