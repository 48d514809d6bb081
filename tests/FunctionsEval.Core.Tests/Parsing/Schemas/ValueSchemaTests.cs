using System.Text.Json;
using FunctionsEval.Core.Parsing.Schemas;

namespace FunctionsEval.Core.Tests.Parsing.Schemas;

/// <summary>Oracle: the JSON Schema specifications, read by hand.</summary>
public sealed class ValueSchemaTests
{
    [Theory]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}""",
        """{"a":1.0}""",
        true
    )]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"properties":{"a":{"enum":["x","y"]}}}""", """{"a":"z"}""", false)]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/t"}},"$defs":{"t":{"type":"string"}}}""", """{"a":1}""", false)]
    [InlineData("""{"properties":{"a":{"$ref":"#/definitions/t"}},"definitions":{"t":{"type":"string"}}}""", """{"a":"b"}""", true)]
    [InlineData(
        """{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"items":[{"type":"string"}],"additionalItems":false}}}""",
        """{"a":["x",1]}""",
        false
    )]
    [InlineData("""{"properties":{"l":{"$ref":"#"},"v":{"type":"integer"}}}""", """{"l":{"l":{"v":"x"}}}""", false)]
    [InlineData("""{"properties":{"a":{"type":"string","format":"date","title":"T","nullable":true}}}""", """{"a":"no date"}""", true)]
    [InlineData("""{"properties":{"a":{"pattern":"^[a-z]+$"}}}""", """{"a":"abc"}""", true)]
    [InlineData("""{"properties":{"a":{"pattern":"^[a-z]+$"}}}""", """{"a":"a1"}""", false)]
    [InlineData("true", """{"a":1}""", true)]
    [InlineData("false", """{"a":1}""", false)]
    public void A_value_is_checked(string schema, string value, bool isValid) => Assert.Equal(isValid, Check(schema, value));

    [Theory]
    [InlineData("""{"type":"objekt"}""")]
    [InlineData("""{"properties":3}""")]
    [InlineData("""{"$dynamicAnchor":"x","allOf":[{"$dynamicRef":"#x"}]}""")]
    [InlineData("""{"patternProperties":{"^(a+)+$":{}}}""")]
    [InlineData("""{"properties":{"a":{"pattern":"(?=a)a"}}}""")]
    [InlineData("""{"properties":{"a":{"pattern":"((a{1,500}){1,500}){1,500}"}}}""")]
    [InlineData("3")]
    public void A_schema_that_cannot_be_checked_as_a_whole_is_not_checked_at_all(string schema) => Assert.Null(TryCreate(schema));

    /// <summary>The last ones take minutes, or the stack, without bounds.</summary>
    [Theory]
    [InlineData("""{"$ref":"https://example.org/schema.json"}""", "{}")]
    [InlineData("""{"$ref":"#/nowhere"}""", "{}")]
    [MemberData(nameof(Endless))]
    public void A_check_that_leads_elsewhere_or_would_not_end_is_given_up(string schema, string value) => Assert.Null(Check(schema, value));

    public static TheoryData<string, string> Endless =>
        new()
        {
            { """{"$ref":"#"}""", "{}" },
            { """{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}""", "{}" },
            { Doubling(40), """{"a":"0123456789012345678901234567890123456789"}""" },
            { """{"type":"object"}""", $$"""{"a":"{{new string('x', ValueSchema.MaxBytes)}}"}""" },
        };

    /// <summary>A schema in which each of so many definitions refers to the next one twice.</summary>
    private static string Doubling(int depth)
    {
        var definitions = Enumerable.Range(0, depth).ToDictionary(i => $"d{i}", i => (object)new { allOf = new[] { Next(i), Next(i) } });
        definitions[$"d{depth}"] = new { };
        return JsonSerializer.Serialize(new Dictionary<string, object> { ["$defs"] = definitions, ["$ref"] = "#/$defs/d0" });

        static Dictionary<string, string> Next(int i) => new() { ["$ref"] = $"#/$defs/d{i + 1}" };
    }

    [Fact]
    public void An_expression_that_backtracks_elsewhere_takes_linear_time() =>
        Assert.False(Check("""{"properties":{"a":{"pattern":"^(a+)+$"}}}""", $$"""{"a":"{{new string('a', 50_000)}}!"}"""));

    private static bool? Check(string schema, string value) => TryCreate(schema)?.IsValid(JsonDocument.Parse(value).RootElement);

    private static ValueSchema? TryCreate(string schema) => ValueSchema.TryCreate(JsonDocument.Parse(schema).RootElement);
}
