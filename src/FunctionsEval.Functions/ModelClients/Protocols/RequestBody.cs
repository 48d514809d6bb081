using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>The bodies of requests.</summary>
internal static class RequestBody
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the body of a request.</summary>
    /// <param name="model">The model it goes to.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sent">What is sent in another form than the usual one.</param>
    public static ReadOnlyMemory<byte> Write(ModelOptions model, ModelRequest request, Quirks sent)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (model.Provider.NamesModelInBody || model.Api.NamesModelInBody)
            {
                json.WriteString("model", model.Deployment);
            }

            model.Api.Write(json, request, sent);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>
    /// A guess at the tokens a request costs: four characters each (OpenAI's rule of thumb for English), and the whole answer allowed.
    /// </summary>
    public static int EstimateTokens(ModelOptions model, ModelRequest request)
    {
        var characters =
            (request.ScoredText?.Length ?? 0L)
            + request.Messages.Sum(LengthOf)
            + RequestTexts.Beside(request).Sum(text => (long)text.Length)
            + request.EmbeddedTexts.Sum(text => (long)text.Length);
        return (int)
            Math.Min(int.MaxValue, (characters / 4) + request.Images.Sum(RequestTexts.TokensOf) + model.Api.MaxAnswerTokens(request));
    }

    private static long LengthOf(ChatMessage turn) =>
        turn.Content.Length + turn.ToolCalls.Sum(call => (long)call.Name.Length + call.Arguments.Length);
}
