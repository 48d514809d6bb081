using System.Text.Encodings.Web;
using System.Text.Json;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>
/// A file of the folder <c>Recorded</c>, a JSON object a line: what the code gave when the file was written. With
/// <c>FUNCTIONSEVAL_REWRITE=1</c> the tests write what it gives now, but for canonical forms, which no change may touch.
/// </summary>
internal static class RecordedFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IReadOnlyList<T> Read<T>(string name) =>
        [.. File.ReadLines(PathOf(name)).Select(line => JsonSerializer.Deserialize<T>(line, Options)!)];

    /// <summary>Compares each line with what the code gives for it now.</summary>
    public static void AssertSame<T>(string name, Func<T, T> now)
    {
        var recorded = Read<T>(name);
        var given = recorded.Select(now).ToList();
        if (GeneratedPart.IsRewriting)
        {
            File.WriteAllLines(PathOf(name), given.Select(line => JsonSerializer.Serialize(line, Options)));
        }

        Assert.All(
            recorded.Zip(given),
            line =>
                Assert.True(
                    GeneratedPart.IsRewriting || Equals(line.First, line.Second),
                    $"{name} has\n  {line.First}\nand the code gives\n  {line.Second}\nRun the tests once with FUNCTIONSEVAL_REWRITE=1 and review what they wrote."
                )
        );
    }

    private static string PathOf(string name) => Repository.PathOf("tests", "FunctionsEval.Core.Tests", "Specs", "Recorded", name);
}
