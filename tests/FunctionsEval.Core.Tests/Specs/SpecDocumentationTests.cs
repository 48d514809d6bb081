using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Specs;
using Json.Schema;

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

    /// <summary>Editors show both: what a field is, and what may be written.</summary>
    [Fact]
    public void Every_field_of_the_schema_has_a_description_and_examples_that_it_accepts()
    {
        var fields = FieldsOf(JsonElement.Parse(Repository.Read("docs", "evaluation.schema.json")), "$").ToList();

        Assert.True(fields.Count > 80, $"{fields.Count} fields");
        Assert.All(
            fields,
            field =>
            {
                Assert.False(string.IsNullOrWhiteSpace(field.Schema.GetProperty("description").GetString()), field.Path);
                var examples = field.Schema.GetProperty("examples");
                Assert.True(examples.GetArrayLength() > 0, $"{field.Path} has no example");
                var schema = JsonSchema.FromText(field.Schema.GetRawText());
                Assert.All(examples.EnumerateArray(), example => Assert.True(schema.Evaluate(example).IsValid, $"{field.Path}: {example}"));
            }
        );
    }

    [Fact]
    public void Snippets_of_the_schema_are_specs()
    {
        var snippets = JsonElement.Parse(Repository.Read("docs", "evaluation.schema.json")).GetProperty("defaultSnippets");

        Assert.All(
            snippets.EnumerateArray(),
            snippet =>
                Assert.Equal(
                    "my-tuned",
                    SpecReader.Read(Placeholder().Replace(snippet.GetProperty("body").GetRawText(), "$1"), "evaluation.json").Model
                )
        );
    }

    private static IEnumerable<(string Path, JsonElement Schema)> FieldsOf(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("items", out var items))
        {
            schema = items;
        }

        if (!schema.TryGetProperty("properties", out var properties))
        {
            return [];
        }

        return properties
            .EnumerateObject()
            .SelectMany(field => FieldsOf(field.Value, $"{path}.{field.Name}").Prepend(($"{path}.{field.Name}", field.Value)))
            // What is inside the forms of a value belongs to others' standards.
            .Where(field => !field.Item1.Contains("metrics.", StringComparison.Ordinal));
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

    [GeneratedRegex(@"\$\{\d:([^}]*)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
