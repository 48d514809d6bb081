using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>The schema and the documentation say what the reader does.</summary>
public sealed partial class SpecDocumentationTests
{
    [Fact]
    public void Schema_is_what_the_fields_declare()
    {
        var expected = SpecSchema.Render();
        if (GeneratedPart.IsRewriting)
        {
            File.WriteAllText(Repository.PathOf("docs", "evaluation.schema.json"), expected);
        }

        Assert.Equal(expected, Repository.Read("docs", "evaluation.schema.json").ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Table_of_fields_is_what_they_declare() => new GeneratedPart("spec.md", "fields").AssertIs(SpecDocumentation.Fields());

    [Fact]
    public void Table_of_conditions_is_what_the_rules_declare() =>
        new GeneratedPart("spec.md", "conditions").AssertIs(SpecDocumentation.Conditions());

    [Theory]
    [InlineData("task", "classification", "generation", "language_modelling", "multiple_choice")]
    [InlineData("parsing.method", "label", "integer", "json_field", "regex", "text", "choice")]
    [InlineData("labelProbabilities", "alternatives", "exact")]
    public void Table_of_fields_names_the_values_of_a_choice(string field, params string[] values)
    {
        var row = Repository.Read("docs", "spec.md").Split('\n').Single(line => line.StartsWith($"| `{field}` ", StringComparison.Ordinal));

        Assert.All(values, value => Assert.Contains($"`{value}`", row, StringComparison.Ordinal));
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
        var example = JsonBlock().Match(Repository.Read("docs", "spec.md")).Groups[1].Value;
        Assert.Equal("tickets-tuned", SpecReader.Read(example, "spec.md").Model);
    }

    private static void Read(string owner, string field, double value) =>
        SpecReader.Read(
            string.Create(null, $$"""{"task":"generation","model":"m","{{owner}}":{"{{field}}":{{value}}} }"""),
            "evaluation.json"
        );

    private static JsonElement Properties(string path)
    {
        var schema = JsonElement.Parse(Repository.Read("docs", "evaluation.schema.json"));
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            schema = schema.GetProperty("properties").GetProperty(name);
            schema = schema.TryGetProperty("items", out var items) ? items : schema;
        }

        return schema.GetProperty("properties");
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
