using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using FunctionsEval.EndToEnd.Tests.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>What an app has put into the queue of notifications.</summary>
internal static class ToldVerdicts
{
    /// <summary>Waits for a message that is meant.</summary>
    /// <param name="app">The app.</param>
    /// <param name="isMeant">Which messages are meant.</param>
    /// <returns>All messages that are meant.</returns>
    public static async Task<IReadOnlyList<JsonNode>> ToldAsync(this EvaluationApp app, Func<JsonNode, bool> isMeant)
    {
        var queue = new QueueClient(
            app.Host.StorageConnectionString,
            "evaluation-verdicts",
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }
        );
        List<JsonNode> told = [];
        await Eventually.TrueAsync(
            async () =>
            {
                if (!await queue.ExistsAsync(TestContext.Current.CancellationToken))
                {
                    return false;
                }

                var messages = (await queue.PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value;
                told = [.. messages.Select(message => JsonNode.Parse(message.Body.ToString())!).Where(isMeant)];
                return told.Count > 0;
            },
            "the message is in the queue"
        );
        return told;
    }
}
