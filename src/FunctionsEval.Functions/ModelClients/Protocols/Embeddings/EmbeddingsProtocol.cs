using System.Text.Json;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols.Embeddings;

/// <summary><c>embeddings</c>: gives vectors instead of answers, for semantic similarity.</summary>
internal sealed class EmbeddingsProtocol : ModelProtocol
{
    // 8,192 numbers of at most 32 characters.
    private const int BytesPerEmbedding = 256 * 1024;

    /// <inheritdoc/>
    public override string Name => "Embeddings";

    /// <inheritdoc/>
    public override string Route => "embeddings";

    /// <inheritdoc/>
    public override string Operation => "embeddings";

    /// <inheritdoc/>
    public override bool GivesEmbeddings => true;

    /// <inheritdoc/>
    public override string InsteadAdvice => "Name a deployment of an embedding model.";

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        json.WriteStartArray("input");
        foreach (var text in request.EmbeddedTexts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    public override int MaxAnswerTokens(ModelRequest request) => 0;

    /// <inheritdoc/>
    public override long MaxAnswerBytes(ModelRequest request) => (long)request.EmbeddedTexts.Count * BytesPerEmbedding;

    /// <summary>Reads the vectors of embedded texts, one for each text that was sent.</summary>
    /// <inheritdoc/>
    public override AttemptResult Read(JsonElement root, ModelExchange exchange)
    {
        var answer = exchange.Answer;
        EnvelopeReader.Read(root, answer);
        if (root.Get("data") is not { ValueKind: JsonValueKind.Array } data)
        {
            return RefusalReader.WithoutAnswer(root, exchange, CallReasons.EmptyChoices);
        }

        var vectors = new float[exchange.Request.EmbeddedTexts.Count][];
        foreach (var item in data.EnumerateArray())
        {
            if (
                item.Get("index") is { ValueKind: JsonValueKind.Number } number
                && number.TryGetInt32(out var index)
                && index >= 0
                && index < vectors.Length
                && item.Get("embedding") is { ValueKind: JsonValueKind.Array } vector
                && vector.EnumerateArray().All(value => value.GetFinite() is not null)
            )
            {
                vectors[index] = [.. vector.EnumerateArray().Select(value => value.GetSingle())];
            }
        }

        if (Array.Exists(vectors, vector => vector is null or { Length: 0 }))
        {
            return answer.BreakOff(CallReasons.MissingContent);
        }

        answer.FinishReason = "stop";
        answer.Embeddings = vectors;
        return answer.Result();
    }
}
