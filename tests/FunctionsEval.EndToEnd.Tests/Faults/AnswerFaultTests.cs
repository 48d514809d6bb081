using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>Samples that fail by themselves, in a run whose other samples are served.</summary>
public sealed class AnswerFaultTests
{
    [Fact]
    public async Task Poisoned_sample_is_exhausted_and_a_tool_call_is_an_answer_that_is_paid_once()
    {
        const int Samples = 300;
        await using var app = await EvaluationApp.StartAsync(
            ("ModelCalls__BaseDelay", "00:00:00.020"),
            ("Models__recorded__MaxConcurrency", "4")
        );
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(10);
        app.Endpoint.Answer = prompt => prompt == "mixed 0" ? (500, "server_error") : Parity.Answer(prompt);
        app.Endpoint.Harm = prompt => prompt == "mixed 1" ? Damage.ToolCall : Damage.None;
        var run = await app.EvaluateAsync("mixed/test.jsonl", Parity.Spec, Parity.Rows("mixed", Samples));

        Assert.Equal("Completed", run.GetString("Status"));
        Assert.Equal(
            (Samples - 1, 1L),
            (run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"), run.GetInt64("CandidateExhausted"))
        );
        Assert.Equal((6, 1), (app.Endpoint.Requests["mixed 0"], app.Endpoint.Requests["mixed 1"]));
        var answers = (await app.SamplesAsync(run.PartitionKey))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToDictionary(sample => (string)sample["id"]!, sample => sample["candidate"]!);
        Assert.Equal("server_error: All 6 attempts failed, the last with status 500, server_error.", (string?)answers["n0"]["reason"]);
        Assert.Equal(
            ("unparsable", "tool_call", 7),
            ((string?)answers["n1"]["outcome"], (string?)answers["n1"]["reason"], (int?)answers["n1"]["outputTokens"])
        );
    }
}
