using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>A request that was understood, the model it asks for, and a hash of its bytes.</summary>
internal sealed record ReceivedRequest<T>(T Request, ISampleModel Model, string Hash)
    where T : CompletionRequest
{
    /// <summary>How the model generates after a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="topCount">How many of the likeliest tokens to list at each position.</param>
    public GenerationSettings SettingsFor(string prompt, int topCount)
    {
        // Without a seed the prompt is the seed, so that sampling is repeatable all the same.
        var seed = Request.Seed?.GetHashCode() ?? BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(prompt)));
        return new GenerationSettings(Request.Temperature ?? 1, seed, topCount);
    }
}

/// <summary>Reads requests and writes answers, whatever the route.</summary>
internal static class OpenAiExchange
{
    /// <summary>Reads a request and finds its model, or says what is wrong with it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">How its body is read.</param>
    /// <param name="deployment">The deployment that an Azure route names; null for other routes.</param>
    /// <param name="models">The models there are.</param>
    public static async Task<(ReceivedRequest<T>? Received, OpenAiError? Error)> ReadAsync<T>(
        HttpContext context,
        JsonTypeInfo<T> type,
        string? deployment,
        SampleModelCatalog models
    )
        where T : CompletionRequest
    {
        var azure = deployment is not null;
        if (HasWrongKey(context))
        {
            return (null, OpenAiError.WrongKey(azure));
        }

        if (azure && !context.Request.Query.ContainsKey("api-version"))
        {
            return (null, OpenAiError.MissingApiVersion());
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        if (!TryParse(bytes, type, out var request))
        {
            return (null, OpenAiError.InvalidJson());
        }

        if (deployment is null && string.IsNullOrEmpty(request.Model))
        {
            return (null, OpenAiError.Invalid("you must provide a model parameter"));
        }

        var id = deployment ?? request.Model!;
        if (!models.TryGet(id, out var model))
        {
            return (null, azure ? OpenAiError.UnknownDeployment() : OpenAiError.UnknownModel(id));
        }

        return (new ReceivedRequest<T>(request, model, Convert.ToHexStringLower(SHA256.HashData(bytes))[..24]), null);
    }

    public static bool HasWrongKey(HttpContext context) =>
        context.Request.Headers["api-key"] == "wrong" || context.Request.Headers.Authorization == "Bearer wrong";

    public static Task WriteErrorAsync(HttpContext context, OpenAiError error)
    {
        context.Response.StatusCode = error.Status;
        return WriteAsync(context, error.Body, OpenAiJson.Default.ErrorResponse);
    }

    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>Writes server-sent events.</summary>
    public static async Task WriteStreamAsync<T>(HttpContext context, IEnumerable<T> events, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        foreach (var item in events)
        {
            await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(item, type)}\n\n", context.RequestAborted);
        }

        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    private static bool TryParse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? request)
        where T : class
    {
        try
        {
            request = JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            request = null;
        }
        return request is not null;
    }
}
