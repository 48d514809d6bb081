using System.Text;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>A <c>local.settings.json</c> is read as its author means it, or refused with its name and the setting's.</summary>
public sealed class LocalSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("""{ "Values": { "A": "x", "B": 5, "C": true, "D": null } }""", false)]
    [InlineData("""{ "Values": { "A": "x", "B": 5, "C": true, "D": null } }""", true)]
    [InlineData("""{ "Values": { "A": "x", /* five */ "B": 5, "C": true, "D": null, }, }""", false)]
    public void Comments_commas_and_a_byte_order_mark_change_nothing(string text, bool hasMark)
    {
        var settings = FunctionApp.ReadLocalSettings(Write(text, hasMark));

        Assert.Equal(
            [("A", "x"), ("B", "5"), ("C", "True"), ("D", "")],
            settings.OrderBy(setting => setting.Key).Select(setting => (setting.Key, setting.Value))
        );
    }

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("null", "must be an object")]
    [InlineData("""{ "Values": [] }""", "Values: must be an object")]
    [InlineData("""{ "Values": { "Models": { "0": 1 } } }""", "Values: Models: must be a text, a number, true or false.")]
    [InlineData("{ \"Values\": {\n\"Abc\": \"x\",\n  \"Abc\": \"y\" } }", ", line 3, column 3: 'Abc' is there twice in one object.")]
    [InlineData("""{ "Values": { "A": "x" }, "Values": { "B": "y" } }""", ", line 1, column 27: 'Values' is there twice in one object.")]
    [InlineData("{ \"Values\": {\n\"A\\ud800\": \"x\" } }", ", line 2, column 1: a text or name escapes half a surrogate pair")]
    [InlineData("{ \"Values\": {\n\"A\": \"\\udc00\" } }", ", line 2, column 6: a text or name escapes half a surrogate pair")]
    [InlineData("""{ "Values": { "A": "x", "a": "y" } }""", "Values: a: is there twice")]
    public void What_could_be_misread_is_refused(string text, string expected)
    {
        var path = Write(text, hasMark: false);

        var refused = Assert.Throws<LocalHostException>(() => FunctionApp.ReadLocalSettings(path));

        Assert.StartsWith($"'{path}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private string Write(string text, bool hasMark)
    {
        var path = Path.Combine(_directory.Path, "local.settings.json");
        File.WriteAllText(path, text, new UTF8Encoding(hasMark));
        return path;
    }
}
