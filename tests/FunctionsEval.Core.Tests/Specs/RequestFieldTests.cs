using System.Text;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>The fields of a spec that are sent with every request.</summary>
public sealed class RequestFieldTests
{
    [Theory]
    [InlineData("\"auto\"", ToolChoiceKind.Auto, null)]
    [InlineData("\"none\"", ToolChoiceKind.None, null)]
    [InlineData("\"required\"", ToolChoiceKind.Required, null)]
    [InlineData("""{"function":"get_weather"}""", ToolChoiceKind.Function, "get_weather")]
    [InlineData("""{"type":"function","function":{"name":"get_weather"}}""", ToolChoiceKind.Function, "get_weather")]
    public void Tool_choice_is_a_word_or_a_function(string json, ToolChoiceKind kind, string? function) =>
        Assert.Equal(new ToolChoice(kind, function), Read($"\"toolChoice\":{json}").ToolChoice);

    [Fact]
    public void Both_spellings_of_a_function_have_one_canonical_form() =>
        Assert.Equal(
            SpecReader.Canonical(Read("""  "toolChoice":{"function":"f"}  """)),
            SpecReader.Canonical(Read("""  "toolChoice":{"type":"function","function":{"name":"f"}}  """))
        );

    [Fact]
    public void Both_spellings_of_a_form_without_schema_have_one_canonical_form() =>
        Assert.Equal(
            SpecReader.Canonical(Read("""  "responseFormat":"json_object"  """)),
            SpecReader.Canonical(Read("""  "responseFormat":{"type":"json_object"}  """))
        );

    [Fact]
    public void Canonical_form_keeps_the_order_of_a_schemas_keys()
    {
        const string Schema = """{"type":"object","properties":{"zebra":{"type":"string"},"ant":{"type":"number","maximum":1.50}}}""";
        var spec = Read(
            $$$"""  "responseFormat":{"type":"json_schema","json_schema":{"strict":true,"schema":{{{Schema}}},"name":"animals"}}  """
        );

        var canonical = SpecReader.Canonical(spec);
        var again = SpecReader.ReadCanonical(Encoding.UTF8.GetBytes(canonical), "spec.json");

        Assert.Contains(Schema, canonical, StringComparison.Ordinal);
        Assert.Equal(canonical, SpecReader.Canonical(again));
        Assert.Equal(("animals", true), (again.ResponseFormat!.Name, again.ResponseFormat.IsStrict));
    }

    [Fact]
    public void Spec_without_the_fields_has_the_canonical_form_of_before()
    {
        var canonical = SpecReader.Canonical(Read("\"name\":\"n\""));
        Assert.DoesNotContain("toolChoice", canonical, StringComparison.Ordinal);
        Assert.DoesNotContain("responseFormat", canonical, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"toolChoice\":\"any\"", "$.toolChoice: expected one of auto, none, required.")]
    [InlineData(
        "\"toolChoice\":7",
        "$.toolChoice: expected one of auto, none, required, or an object with a function's name, found a number."
    )]
    [InlineData("\"toolChoice\":{\"type\":\"function\"}", "$.toolChoice.function: is missing: give the name of a function.")]
    [InlineData("\"responseFormat\":\"json\"", "$.responseFormat: expected one of text, json_object, json_schema.")]
    [InlineData("\"responseFormat\":\"json_schema\"", "$.responseFormat: needs the schema: write {\"type\": \"json_schema\"")]
    [InlineData(
        "\"responseFormat\":{\"type\":\"json_schema\"}",
        "$.responseFormat.json_schema: is missing: give an object with name and schema."
    )]
    [InlineData(
        "\"responseFormat\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a b\",\"schema\":{}}}",
        "$.responseFormat.json_schema.name: must be 1 to 64 letters, digits, '_' and '-'."
    )]
    [InlineData(
        "\"responseFormat\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":[]}}",
        "$.responseFormat.json_schema.schema: expected a JSON schema, an object, found a list."
    )]
    [InlineData(
        "\"responseFormat\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"x\":{\"y\":1,\"y\":2}}}}",
        "$.responseFormat.json_schema.schema: has an object with a field that is given twice."
    )]
    public void Misfit_is_refused_with_its_path(string field, string message) =>
        Assert.Contains(message, Assert.Throws<SpecException>(() => Read(field)).Message, StringComparison.Ordinal);

    [Fact]
    public void Schema_of_more_than_the_maximum_is_refused() =>
        Assert.Contains(
            "$.responseFormat.json_schema.schema: is longer than 100000 characters.",
            Assert
                .Throws<SpecException>(() =>
                    Read(
                        "\"responseFormat\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"x\":\""
                            + new string('x', 100_000)
                            + "\"}}}"
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("toolChoice", "\"auto\"")]
    [InlineData("responseFormat", "\"json_object\"")]
    public void Task_without_written_answers_takes_neither(string field, string value) =>
        Assert.Contains(
            $"$.{field}: belongs to",
            Assert
                .Throws<SpecException>(() =>
                    SpecReader.Read($$"""{"task":"language_modelling","model":"m","{{field}}":{{value}}}""", "evaluation.json")
                )
                .Message,
            StringComparison.Ordinal
        );

    private static EvaluationSpec Read(string field) =>
        SpecReader.Read($$"""{"task":"generation","model":"m",{{field}}}""", "evaluation.json");
}
