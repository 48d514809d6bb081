using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.Tests.ModelClients.Protocols;

/// <summary>
/// What each protocol writes, reads and takes a refusal for, without a server. Answers through a server are in the callers' tests.
/// </summary>
public sealed class ModelProtocolTests
{
    private static readonly ModelRequest Question = new()
    {
        Messages = [new ChatMessage("system", "s"), new ChatMessage("user", "u") { Name = "n" }],
        TopLogProbabilities = true,
        Sampling = new SamplingSpec
        {
            Temperature = 0.5,
            TopP = 0.25,
            Seed = 7,
            Stop = ["."],
            MaxOutputTokens = 9,
            Stream = true,
        },
    };

    [Fact]
    public void Chat_writes_the_conversation_and_every_parameter() =>
        Assert.Equal(
            """{"model":"d","messages":[{"role":"system","content":"s"},{"role":"user","name":"n","content":"u"}],"max_tokens":9,"logprobs":true,"top_logprobs":20,"temperature":0.5,"top_p":0.25,"seed":7,"stop":["."],"stream":true,"stream_options":{"include_usage":true}}""",
            Written(ModelProtocols.Chat, Question, Quirks.None)
        );

    [Fact]
    public void Chat_leaves_out_what_the_endpoint_refuses_and_tells_it()
    {
        const Quirks Sent =
            Quirks.MaxCompletionTokens
            | Quirks.NoTemperature
            | Quirks.NoTopP
            | Quirks.NoSeed
            | Quirks.NoStop
            | Quirks.NoLogProbabilities
            | Quirks.NoStream
            | Quirks.NoNames
            | Quirks.DeveloperRole;

        Assert.Equal(
            """{"model":"d","messages":[{"role":"developer","content":"s"},{"role":"user","content":"u"}],"max_completion_tokens":9}""",
            Written(ModelProtocols.Chat, Question, Sent)
        );
        Assert.Equal(
            ["temperature", "top_p", "seed", "stop", "logprobs", "stream", "system role", "name"],
            ModelProtocols.Chat.LeftOut(Question, Sent)
        );
    }

    [Fact]
    public void Completions_write_the_conversation_as_one_text() =>
        Assert.Equal(
            """{"model":"d","prompt":"s\n\nu","max_tokens":9,"logprobs":5,"temperature":0.5,"top_p":0.25,"seed":7,"stop":["."],"stream":true}""",
            Written(ModelProtocols.Completions, Question, Quirks.FewTopLogProbabilities | Quirks.NoStreamOptions)
        );

    [Theory]
    [InlineData(0, """{"model":"d","prompt":"t","max_tokens":0,"echo":true,"logprobs":1}""")]
    [InlineData((int)Quirks.EchoOneToken, """{"model":"d","prompt":"t","max_tokens":1,"echo":true,"logprobs":1}""")]
    public void Completions_have_a_given_text_echoed(int sent, string body) =>
        Assert.Equal(body, Written(ModelProtocols.Completions, new ModelRequest { ScoredText = "t" }, (Quirks)sent));

    [Fact]
    public void Embeddings_write_the_texts_and_expect_no_answer()
    {
        var request = new ModelRequest { EmbeddedTexts = ["a", "b"] };

        Assert.Equal("""{"model":"d","input":["a","b"]}""", Written(ModelProtocols.Embeddings, request, Quirks.None));
        Assert.Equal(0, RequestBody.EstimateTokens(Model(ModelProtocols.Embeddings), request));
    }

    [Fact]
    public void Body_names_no_model_where_the_address_does() =>
        Assert.Equal(
            """{"input":[]}""",
            Encoding.UTF8.GetString(
                RequestBody
                    .Write(Model(ModelProtocols.Embeddings) with { Provider = ModelProviders.AzureOpenAI }, new ModelRequest(), Quirks.None)
                    .Span
            )
        );

    [Theory]
    [InlineData("seed", (int)Quirks.NoSeed)]
    [InlineData("max_tokens", (int)Quirks.MaxCompletionTokens)]
    [InlineData("messages[0].role", (int)Quirks.DeveloperRole)]
    [InlineData("tools", (int)Quirks.None)]
    public void Chat_takes_a_refusal_for_the_parameter_it_names(string parameter, int change) =>
        Assert.Equal((Quirks)change, ModelProtocols.Chat.Adapt(Refusal(parameter), Question, Quirks.ManyTopLogProbabilities));

    [Fact]
    public void Refusal_of_what_was_not_sent_teaches_nothing()
    {
        var request = new ModelRequest { Messages = [new ChatMessage("user", "u")] };

        Assert.Equal(Quirks.None, ModelProtocols.Chat.Adapt(Refusal("seed"), request, Quirks.None));
        Assert.Equal(Quirks.None, ModelProtocols.Completions.Adapt(Refusal("max_tokens"), request, Quirks.None));
        Assert.Equal(Quirks.None, ModelProtocols.Embeddings.Adapt(Refusal("seed"), Question, Quirks.None));
    }

    [Fact]
    public void Answer_proves_which_form_the_endpoint_takes()
    {
        Assert.Equal(Quirks.ManyTopLogProbabilities, ModelProtocols.Chat.ProvenBy(Question, Quirks.None));
        Assert.Equal(Quirks.None, ModelProtocols.Chat.ProvenBy(Question, Quirks.NoLogProbabilities));
        Assert.Equal(Quirks.EchoZeroTokens, ModelProtocols.Completions.ProvenBy(new ModelRequest { ScoredText = "t" }, Quirks.None));
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"a"}}]}""", (int)StreamEvent.Content)]
    [InlineData("""{"choices":[{"delta":{"role":"assistant"}}]}""", (int)StreamEvent.Silence)]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":3}}""", (int)StreamEvent.Envelope)]
    public void Event_of_a_stream_says_something_or_nothing_or_is_no_piece(string json, int expected)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal((StreamEvent)expected, ModelProtocols.Chat.ReadEvent(document.RootElement, new PartialAnswer()));
    }

    private static string Written(ModelProtocol protocol, ModelRequest request, Quirks sent) =>
        Encoding.UTF8.GetString(RequestBody.Write(Model(protocol), request, sent).Span);

    private static ModelOptions Model(ModelProtocol protocol) =>
        new()
        {
            Name = "m",
            Section = "0",
            Provider = ModelProviders.OpenAICompatible,
            Endpoint = new Uri("https://s/v1"),
            Deployment = "d",
            Api = protocol,
        };

    private static EndpointError Refusal(string parameter)
    {
        using var document = JsonDocument.Parse(
            $$$"""{"error":{"code":"unsupported_parameter","param":"{{{parameter}}}","message":"It is not taken."}}"""
        );
        return EndpointErrorReader.Read(400, document.RootElement);
    }
}
