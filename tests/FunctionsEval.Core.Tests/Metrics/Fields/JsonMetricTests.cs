using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics.Fields;

/// <summary>Shares of answers that need no reference.</summary>
public sealed class JsonMetricTests
{
    private const string Schema = """{"type":"object","required":["total"],"properties":{"total":{"type":"number"}}}""";

    [Theory]
    [InlineData("""{"total":1}""", 1, 1)]
    [InlineData("""{"total":"1"}""", 1, 0)]
    [InlineData("```json\n{\"total\":1}\n```", 0, 0)]
    [InlineData("""{"total":1,"total":2}""", 0, 0)]
    [InlineData(null, 0, 0)]
    public void Answer_is_json_and_valid_under_the_schema(string? text, double json, double schema)
    {
        var sample = new MetricSample { References = [], ScoredText = text };
        var validity = MetricCatalog.Create(
            GenerationTask.Instance,
            [
                new MetricSpec { Name = "json_valid" },
                Metrics.Samples.Spec("schema_valid", ("schema", JsonSerializer.Deserialize<JsonElement>(Schema))),
            ],
            new MetricSettings()
        );
        Assert.Equal([json, schema], validity.Select(metric => Metrics.Samples.Values(metric, sample)[metric.Name]));
    }

    [Fact]
    public void Schema_is_that_of_the_response_format_where_the_metric_has_none()
    {
        var spec = SpecReader.Read(
            $$$$"""{"task":"generation","model":"m","metrics":["schema_valid"],"responseFormat":{"type":"json_schema","json_schema":{"name":"s","schema":{{{{Schema}}}}}}}""",
            "s"
        );
        var metric = Assert.Single(MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings));
        Assert.Equal(0, Metrics.Samples.Values(metric, new MetricSample { References = [], ScoredText = "{}" })["schema_valid"]);
    }

    [Theory]
    [InlineData("{}", "is missing")]
    [InlineData("""{"schema":{"$ref":"https://example.com/s.json"}}""", "is no JSON schema that can be checked")]
    public void Schema_that_cannot_be_checked_is_refused(string options, string hint)
    {
        var spec = new MetricSpec
        {
            Name = "schema_valid",
            Options = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(options)!,
        };
        var exception = Assert.Throws<OptionException>(() => MetricCatalog.Create(GenerationTask.Instance, [spec], new MetricSettings()));
        Assert.Equal("metrics[0].schema", exception.Path);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }
}
