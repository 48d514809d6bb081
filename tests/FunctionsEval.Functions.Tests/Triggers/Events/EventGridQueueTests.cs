using System.Text;
using System.Text.Json.Nodes;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Triggers.Events;

public sealed class EventGridQueueTests
{
    /// <summary>A message has no content type: its members say which schema it has (CloudEvents 1.0 requires <c>specversion</c>).</summary>
    [Theory]
    [InlineData("""{ "eventType": "x", "subject": "s" }""", "x s")]
    [InlineData("""[{ "eventType": "x", "subject": "s" }, { "eventType": "y" }]""", "x s, y ")]
    [InlineData("""{ "specversion": "1.0", "type": "x", "subject": "s" }""", "x s")]
    [InlineData("""[{ "specversion": "1.0", "type": "x" }, { "eventType": "y" }]""", "x , y ")]
    [InlineData("""{ "type": "x" }""", null)]
    [InlineData("""{ "specversion": "1.0", "eventType": "x" }""", null)]
    [InlineData("""{ "eventType": "\ud800" }""", null)]
    [InlineData("", null)]
    [InlineData("null", null)]
    [InlineData("[1]", null)]
    [InlineData("text", null)]
    public void Message_is_read_in_either_schema(string message, string? expected) =>
        Assert.Equal(
            expected,
            ReceivedEvent.Read(Encoding.UTF8.GetBytes(message)) is { } events
                ? string.Join(", ", events.Select(one => $"{one.Type} {one.Subject}"))
                : null
        );

    /// <summary>Without a queue the host would start the function with an error, and with an empty name as well.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("upload-events", true)]
    public void Function_exists_where_a_queue_is_configured(string? queue, bool expected)
    {
        List<IFunctionMetadata> functions =
        [
            new DefaultFunctionMetadata { Name = nameof(EventGridWebhook), RawBindings = [] },
            new DefaultFunctionMetadata
            {
                Name = nameof(EventGridQueue),
                RawBindings = ["""{"name":"message","type":"queueTrigger","queueName":"events","connection":"AzureWebJobsStorage"}"""],
            },
        ];
        new HubTriggers(TaskHub.From(new ConfigurationBuilder().Build()), Options.Create(new EventGridOptions { Queue = queue })).Transform(
            functions
        );
        Assert.Equal(expected ? 2 : 1, functions.Count);
        Assert.Equal(expected, functions.Exists(function => function.Name == nameof(EventGridQueue)));
        Assert.All(
            functions.Where(function => function.Name == nameof(EventGridQueue)),
            function => Assert.Equal(queue, (string?)JsonNode.Parse(function.RawBindings![0])!["queueName"])
        );
    }
}
