using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>The bodies of requests.</summary>
internal static class RequestBody
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What OpenAI's completions API and older chat APIs allow; others allow as many as the chat API.
    private const int FewAlternatives = 5;

    /// <summary>Writes the body of a request.</summary>
    /// <param name="model">The model it goes to.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="learned">What the endpoint refuses.</param>
    public static ReadOnlyMemory<byte> Write(ModelOptions model, ModelRequest request, Parameters learned)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            // An Azure OpenAI deployment is named by the route.
            if (model.Provider != ModelProvider.AzureOpenAI)
            {
                json.WriteString("model", model.Deployment);
            }

            if (model.Api == ModelApi.Embeddings)
            {
                WriteTexts(json, request.EmbeddedTexts);
            }
            else if (IsEcho(model, request))
            {
                WriteEcho(json, request.ScoredText!, learned);
            }
            else
            {
                WriteQuestion(json, model.Api, request, learned);
            }

            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    /// <summary>Whether the request has a given text scored instead of an answer written.</summary>
    public static bool IsEcho(ModelOptions model, ModelRequest request) =>
        model.Api == ModelApi.Completions && request.ScoredText is not null;

    /// <summary>
    /// A guess at the tokens a request costs: four characters each (OpenAI's rule of thumb for English), and the whole answer allowed.
    /// </summary>
    public static int EstimateTokens(ModelOptions model, ModelRequest request)
    {
        long characters = request.ScoredText?.Length ?? 0;
        foreach (var message in request.Messages)
        {
            characters += message.Content.Length;
        }

        foreach (var text in request.EmbeddedTexts)
        {
            characters += text.Length;
        }

        long answer =
            model.Api == ModelApi.Embeddings ? 0
            : IsEcho(model, request) ? 1
            : request.Sampling.MaxOutputTokens;
        return (int)Math.Min(int.MaxValue, (characters / 4) + answer);
    }

    private static void WriteTexts(Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        json.WriteStartArray("input");
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteEcho(Utf8JsonWriter json, string text, Parameters learned)
    {
        json.WriteString("prompt", text);
        json.WriteNumber("max_tokens", learned.HasFlag(Parameters.EchoOneToken) ? 1 : 0);
        json.WriteBoolean("echo", true);
        json.WriteNumber("logprobs", 1);
    }

    private static void WriteQuestion(Utf8JsonWriter json, ModelApi api, ModelRequest request, Parameters learned)
    {
        var sampling = request.Sampling;
        var logProbabilities =
            (sampling.LogProbabilities || request.Alternatives || request.ScoredText is not null)
            && !learned.HasFlag(Parameters.NoLogProbabilities);
        var alternatives = learned.HasFlag(Parameters.FewAlternatives) ? FewAlternatives : AnswerToken.MaxAlternatives;
        if (api == ModelApi.Chat)
        {
            WriteMessages(json, request, learned);
            json.WriteNumber(
                learned.HasFlag(Parameters.MaxCompletionTokens) ? "max_completion_tokens" : "max_tokens",
                sampling.MaxOutputTokens
            );
            if (logProbabilities)
            {
                json.WriteBoolean("logprobs", true);
            }

            if (logProbabilities && request.Alternatives)
            {
                json.WriteNumber("top_logprobs", alternatives);
            }
        }
        else
        {
            json.WriteString("prompt", request.Prompt);
            json.WriteNumber("max_tokens", sampling.MaxOutputTokens);
            if (logProbabilities)
            {
                json.WriteNumber("logprobs", request.Alternatives ? alternatives : 1);
            }
        }

        if (sampling.Temperature is { } temperature && !learned.HasFlag(Parameters.NoTemperature))
        {
            json.WriteNumber("temperature", temperature);
        }

        if (sampling.TopP is { } topP && !learned.HasFlag(Parameters.NoTopP))
        {
            json.WriteNumber("top_p", topP);
        }

        if (sampling.Seed is { } seed && !learned.HasFlag(Parameters.NoSeed))
        {
            json.WriteNumber("seed", seed);
        }

        if (sampling.Stop.Count > 0 && !learned.HasFlag(Parameters.NoStop))
        {
            json.WriteStartArray("stop");
            foreach (var stop in sampling.Stop)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }
        if (sampling.Stream && !learned.HasFlag(Parameters.NoStream))
        {
            json.WriteBoolean("stream", true);
            if (!learned.HasFlag(Parameters.NoStreamOptions))
            {
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }
        }
    }

    private static void WriteMessages(Utf8JsonWriter json, ModelRequest request, Parameters learned)
    {
        json.WriteStartArray("messages");
        if (request.Messages.Count == 0)
        {
            WriteMessage(json, new ChatMessage("user", request.ScoredText ?? ""));
        }

        foreach (var message in RequestMessages.Prepare(request.Messages, learned))
        {
            WriteMessage(json, message);
        }

        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        if (message.Name is not null)
        {
            json.WriteString("name", message.Name);
        }

        json.WriteString("content", message.Content);
        json.WriteEndObject();
    }
}
