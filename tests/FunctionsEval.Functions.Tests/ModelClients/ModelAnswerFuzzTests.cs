using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tests.Fuzzing;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// Whatever an endpoint answers comes to a result, or to one of the exceptions that make an attempt one that failed; memory is bounded by
/// the body.
/// </summary>
public sealed class ModelAnswerFuzzTests
{
    // Of bodies of some kilobytes; a parsed token takes some hundred bytes for one that is written in ten.
    private const long AllocatedBytes = 20_000_000;

    private static readonly ModelOptions Model = new()
    {
        Name = "m",
        Section = "0",
        Provider = ModelProviders.OpenAICompatible,
        Endpoint = new Uri("http://127.0.0.1:1/v1"),
        Deployment = "m",
    };

    private static readonly string[] Words =
    [
        "null",
        "NaN",
        "-Infinity",
        "1e999",
        "\"\"",
        "\"<think>\"",
        "</think>",
        "[]",
        "{}",
        "[[",
        "\"content\":",
        "\"finish_reason\":\"SAFETY\"",
        "\"error\":",
        "\"loc\":[\"body\",\"seed\"]",
        "\\ud800",
        "\\u0000",
        "\ud83d\ude00",
        "data: ",
        "data: [DONE]\n\n",
        "\n\n",
        "\r",
        ": x\n",
        "event: y\n",
        "\"logprob\":-0.1,",
        "\"bytes\":[240,300,-1,1.5]",
        "\"usage\":{\"total_tokens\":1e30}",
        "\"text\":[{}]",
        "messages[0].role",
        "'seed' is not supported",
        "temperature top_p cannot both",
        "System role not supported",
    ];

    private static readonly string[] Answers =
    [
        Replies.Answer,
        """{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"}],"reasoning_content":"hm"},"finish_reason":"length","logprobs":{"content":[{"token":"a","bytes":[97],"logprob":-0.1,"top_logprobs":[{"token":"\\xf0","bytes":null,"logprob":-2}]}]}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":1}}}""",
        """{"choices":[{"text":"a b","finish_reason":"stop","logprobs":{"tokens":["a"," b"],"token_logprobs":[null,-0.5],"text_offset":[0,1],"top_logprobs":[null,{"b":-1}]}}],"usage":{"prompt_tokens":2,"completion_tokens":0}}""",
        """{"data":[{"index":0,"embedding":[0.1,-2e-3]}],"usage":{"prompt_tokens":1}}""",
        """{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"model":"m","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},{"type":"message","content":[{"type":"output_text","text":"a b","logprobs":[{"token":"a","logprob":-0.1,"top_logprobs":[{"token":"b","logprob":-2}]}]},{"type":"refusal","refusal":"n"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}],"usage":{"input_tokens":2,"input_tokens_details":{"cached_tokens":1},"output_tokens":1}}""",
        """{"error":{"message":"Unsupported parameter: 'seed' is not supported with this model.","type":"invalid_request_error","param":"seed","code":"unsupported_parameter","innererror":{"code":"x"}}}""",
        """{"detail":[{"type":"extra_forbidden","loc":["body","messages",0,"role"],"msg":"Extra inputs are not permitted"}]}""",
        """[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"seed\": Cannot find field.","details":[{"fieldViolations":[{"field":"stop"}]}]}}]""",
        """{"errors":["stop is unknown"],"object":"error","message":[{"msg":"x"}]}""",
    ];

    private static readonly string[] Events =
    [
        """{"type":"response.created","response":{"status":"in_progress","model":"m","output":[],"usage":null}}""",
        """{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"c","name":"f","arguments":""}}""",
        """{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{}"}""",
        """{"type":"response.output_text.delta","output_index":2,"content_index":1,"delta":"a","logprobs":[{"token":"a","logprob":-0.1,"top_logprobs":[{"token":"b","logprob":-2}]}]}""",
        """{"type":"response.output_text.done","output_index":2,"content_index":1,"text":"ab","logprobs":[]}""",
        """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"hm"}""",
        """{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"ab"}]}],"usage":{"input_tokens":2,"output_tokens":1}}}""",
        """{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"x"}}}""",
        """{"type":"error","code":"rate_limit_exceeded","message":"x"}""",
    ];

    private static readonly ModelRequest Request = new()
    {
        ScoredText = "a b",
        ScoredFrom = 1,
        EmbeddedTexts = ["a"],
        TopLogProbabilities = true,
        Sampling = new SamplingSpec
        {
            Seed = 1,
            TopP = 0.5,
            Stop = ["b"],
            Stream = true,
        },
    };

    private static ModelExchange ResponsesExchange(PartialAnswer answer) =>
        new(Model with { Api = ModelProtocols.Responses }, Request, answer);

    private static ModelExchange Exchange(PartialAnswer answer) => new(Model, Request, answer);

    [Fact]
    public void Every_body_comes_to_a_result_or_is_no_JSON() =>
        Fuzz.Run(
            3000,
            AllocatedBytes,
            random =>
            {
                var body = Fuzz.Mutated(random, Encoding.UTF8.GetBytes(Answers[random.Next(Answers.Length)]), Words);
                try
                {
                    using var document = ResponseBody.Parse(body);
                    Assert.NotNull(ModelProtocols.Chat.Read(document.RootElement, Exchange(new PartialAnswer(stops: ["b"]))));
                    Assert.NotNull(ModelProtocols.Embeddings.Read(document.RootElement, Exchange(new PartialAnswer())));
                    Assert.NotNull(ModelProtocols.Completions.Read(document.RootElement, Exchange(new PartialAnswer())));
                    Assert.NotNull(ModelProtocols.Responses.Read(document.RootElement, ResponsesExchange(new PartialAnswer(stops: ["b"]))));
                }
                catch (JsonException)
                {
                    // The attempt failed with unreadable_body.
                }
            }
        );

    [Fact]
    public void Every_refusal_is_classified_and_says_nothing_of_its_text() =>
        Fuzz.Run(
            3000,
            AllocatedBytes,
            random =>
            {
                var body = Fuzz.Mutated(random, Encoding.UTF8.GetBytes(Answers[random.Next(Answers.Length)]), [.. Words, "SECRET PROMPT"]);
                EndpointError error;
                try
                {
                    using var document = ResponseBody.Parse(body);
                    error = EndpointErrorReader.Read(random.Next(400, 600), document.RootElement);
                }
                catch (JsonException)
                {
                    error = EndpointErrorReader.Read(random.Next(400, 600), Encoding.UTF8.GetString(body));
                }
                var sent = Quirks.None;
                // Each refusal teaches something once, so that a call ends.
                for (var learned = 0; ModelProtocols.Chat.Adapt(error, Request, sent) is not Quirks.None and var change; learned++)
                {
                    Assert.False(sent.HasFlag(change));
                    sent |= change;
                }
                Assert.NotNull(RefusalReader.Classify(error, Model, null));
                var message = RefusedRequest.ToResult(error, Model, Request, sent, 1) switch
                {
                    ModelCallResult.Failed failed => failed.Message + failed.Reason,
                    ModelCallResult.Misconfigured misconfigured => misconfigured.Message,
                    var result => throw new InvalidOperationException(result.ToString()),
                };
                Assert.DoesNotContain("SECRET PROMPT", message, StringComparison.Ordinal);
            }
        );

    [Fact]
    public void Every_stream_comes_to_a_result_or_is_too_long_or_no_JSON() =>
        Fuzz.Run(
            2000,
            AllocatedBytes,
            random =>
            {
                var events = string.Concat(
                    Enumerable
                        .Range(0, random.Next(1, 6))
                        .Select(_ => $"data: {Answers[random.Next(3)].Replace("\"message\"", "\"delta\"", StringComparison.Ordinal)}\n\n")
                );
                var body = Fuzz.Mutated(random, Encoding.UTF8.GetBytes(events + "data: [DONE]\n\n"), Words);
                using var stream = new MemoryStream(body);
                var bounded = new BodyStream(stream, body.Length - random.Next(3)) { MaxLineBytes = 2000 };
                try
                {
                    Assert.NotNull(
                        AnswerStream
                            .ReadAsync(bounded, Exchange(new PartialAnswer()), () => TimeSpan.FromSeconds(1), CancellationToken.None)
                            .GetAwaiter()
                            .GetResult()
                    );
                }
                catch (Exception e) when (e is JsonException or BodyTooLargeException)
                {
                    // The attempt failed with unreadable_body or body_too_large.
                }
            }
        );

    [Fact]
    public void Every_stream_of_responses_comes_to_a_result_or_is_too_long_or_no_JSON() =>
        Fuzz.Run(
            2000,
            AllocatedBytes,
            random =>
            {
                var events = string.Concat(
                    Enumerable.Range(0, random.Next(1, 9)).Select(_ => $"data: {Events[random.Next(Events.Length)]}\n\n")
                );
                var body = Fuzz.Mutated(random, Encoding.UTF8.GetBytes(events), Words);
                using var stream = new MemoryStream(body);
                var bounded = new BodyStream(stream, body.Length - random.Next(3)) { MaxLineBytes = 2000 };
                try
                {
                    Assert.NotNull(
                        AnswerStream
                            .ReadAsync(
                                bounded,
                                ResponsesExchange(new PartialAnswer()),
                                () => TimeSpan.FromSeconds(1),
                                CancellationToken.None
                            )
                            .GetAwaiter()
                            .GetResult()
                    );
                }
                catch (Exception e) when (e is JsonException or BodyTooLargeException)
                {
                    // The attempt failed with unreadable_body or body_too_large.
                }
            }
        );
}
