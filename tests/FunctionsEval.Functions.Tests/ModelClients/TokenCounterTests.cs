using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>A request is counted with all that is billed of it.</summary>
public sealed class TokenCounterTests
{
    private static readonly TokenCounter Counter = new();

    private static readonly ModelRequest Plain = new() { Messages = [new ChatMessage("user", "look")] };

    [Fact]
    public void Tools_count_as_the_text_of_their_json()
    {
        var tools = JsonElement.Parse("""[{"type":"function","function":{"name":"f"}}]""");

        Assert.Equal(
            Counter.Count(Plain) + Counter.Count(tools.GetRawText()),
            Counter.Count(Plain with { Tools = new ToolSet { Tools = tools } })
        );
        Assert.Equal(
            Counter.Count(Plain) + Counter.Count(tools.GetRawText()),
            Counter.Count(Plain with { Tools = new ToolSet { Functions = tools } })
        );
    }

    [Fact]
    public void Schema_of_answers_counts_as_the_text_of_its_json()
    {
        var schema = JsonElement.Parse("""{"type":"object"}""");

        Assert.Equal(
            Counter.Count(Plain) + Counter.Count(schema.GetRawText()),
            Counter.Count(Plain with { ResponseFormat = new ResponseFormat(ResponseFormatKind.JsonSchema) { Schema = schema } })
        );
    }

    [Fact]
    public void Calls_count_as_their_names_and_arguments_and_a_turn_each()
    {
        var turn = new ChatMessage("assistant", "") { ToolCalls = [new ToolCall("get_weather", """{"city":"Bonn"}""")] };

        Assert.Equal(
            Counter.Count(Plain) + 4 + 4 + Counter.Count("get_weather") + Counter.Count("""{"city":"Bonn"}"""),
            Counter.Count(Plain with { Messages = [.. Plain.Messages, turn] })
        );
    }

    [Theory]
    [InlineData("low", 85)]
    [InlineData("high", 1445)]
    [InlineData(null, 1445)]
    public void Image_counts_by_its_detail(string? detail, int tokens) =>
        Assert.Equal(
            Counter.Count(Plain) + tokens,
            Counter.Count(
                Plain with
                {
                    Messages = [Plain.Messages[0] with { Parts = [new TextPart("look"), new ImagePart("x.png") { Detail = detail }] }],
                }
            )
        );
}
