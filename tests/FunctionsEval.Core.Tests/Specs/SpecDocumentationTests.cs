using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tests.Datasets;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>The schema and the documentation say what the reader does.</summary>
public sealed partial class SpecDocumentationTests
{
    public static TheoryData<string, string[]> Objects =>
        new()
        {
            { "", SpecFields.Root },
            { "prompt", SpecFields.Prompt },
            { "parsing", SpecFields.Parsing },
            { "sampling", SpecFields.Sampling },
            { "columns", SpecFields.Columns },
            { "intervals", SpecFields.Intervals },
            { "gate", SpecFields.Gate },
            { "gate.rules", SpecFields.Rule },
            { "limits", SpecFields.Limits },
        };

    [Theory]
    [MemberData(nameof(Objects))]
    public void Schema_has_the_readers_fields(string path, string[] fields) =>
        Assert.Equal(fields.Order(), Properties(path).EnumerateObject().Select(property => property.Name).Order());

    [Fact]
    public void Schema_has_the_readers_choices()
    {
        Assert.Equal(TaskCatalog.Names, Texts(Properties("").GetProperty("task").GetProperty("enum")));
        Assert.Equal(EnumNames<ParsingMethod>.All, Texts(Properties("parsing").GetProperty("method").GetProperty("enum")));
    }

    [Theory]
    [InlineData("sampling", "maxOutputTokens")]
    [InlineData("sampling", "temperature")]
    [InlineData("sampling", "topP")]
    [InlineData("intervals", "level")]
    [InlineData("intervals", "replicates")]
    [InlineData("limits", "maxMalformedShare")]
    public void Schema_has_the_readers_range(string owner, string field)
    {
        var schema = Properties(owner).GetProperty(field);
        var minimum = schema.GetProperty("minimum").GetDouble();
        var maximum = schema.GetProperty("maximum").GetDouble();
        Read(owner, field, minimum);
        Read(owner, field, maximum);
        Assert.Throws<SpecException>(() => Read(owner, field, minimum - 0.0001));
        Assert.Throws<SpecException>(() => Read(owner, field, maximum + 0.0001));
    }

    [Fact]
    public void Example_in_the_documentation_is_a_spec()
    {
        var example = JsonBlock().Match(Documentation.Read("spec.md")).Groups[1].Value;
        Assert.Equal("tickets-tuned", SpecReader.Read(example, "spec.md").Model);
    }

    private static void Read(string owner, string field, double value) =>
        SpecReader.Read(
            string.Create(null, $$"""{"task":"generation","model":"m","{{owner}}":{"{{field}}":{{value}}} }"""),
            "evaluation.json"
        );

    private static JsonElement Properties(string path)
    {
        var schema = JsonElement.Parse(Documentation.Read("evaluation.schema.json"));
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            schema = schema.GetProperty("properties").GetProperty(name);
            schema = schema.TryGetProperty("items", out var items) ? items : schema;
        }

        return schema.GetProperty("properties");
    }

    private static IEnumerable<string> Texts(JsonElement list) =>
        list.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.String).Select(element => element.GetString()!);

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
