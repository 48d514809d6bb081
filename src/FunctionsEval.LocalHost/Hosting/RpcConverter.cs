using System.Text;
using FunctionsEval.LocalHost.Hosting.Rpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.WebJobs;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>Converts values between the WebJobs SDK, HTTP and the worker protocol.</summary>
internal static class RpcConverter
{
    private static readonly JsonSerializerSettings Serializer = new()
    {
        ReferenceLoopHandling = ReferenceLoopHandling.Ignore,
        NullValueHandling = NullValueHandling.Ignore,
    };

    // What looks like a date is text to the worker.
    private static readonly JsonSerializerSettings Verbatim = new() { DateParseHandling = DateParseHandling.None };

    /// <summary>Converts an input. Strings pass untouched: the Durable extension's are base64.</summary>
    public static TypedData ToTypedData(object? value) =>
        value switch
        {
            null => new TypedData(),
            string text => new TypedData { String = text },
            byte[] bytes => new TypedData { Bytes = ByteString.CopyFrom(bytes) },
            ParameterBindingData reference => new TypedData
            {
                ModelBindingData = new ModelBindingData
                {
                    Version = reference.Version,
                    Source = reference.Source,
                    ContentType = reference.ContentType,
                    Content = ByteString.CopyFrom(reference.Content.ToArray()),
                },
            },
            JToken json => new TypedData { Json = json.ToString(Formatting.None) },
            _ => new TypedData { Json = JsonConvert.SerializeObject(value, Serializer) },
        };

    /// <summary>
    /// Converts a function's return value. JSON is parsed, so that the Durable extension stores the value and not its text.
    /// </summary>
    public static object? FromTypedData(TypedData? data) =>
        data?.DataCase switch
        {
            TypedData.DataOneofCase.String => data.String,
            TypedData.DataOneofCase.Json => JsonConvert.DeserializeObject(data.Json, Verbatim),
            TypedData.DataOneofCase.Bytes => data.Bytes.ToByteArray(),
            TypedData.DataOneofCase.Stream => data.Stream.ToByteArray(),
            TypedData.DataOneofCase.Int => data.Int,
            TypedData.DataOneofCase.Double => data.Double,
            _ => null,
        };

    /// <summary>Reads a whole request.</summary>
    public static async Task<RpcHttp> ToRpcHttpAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var http = new RpcHttp { Method = request.Method, Url = request.GetEncodedUrl() };
        foreach (var header in request.Headers)
        {
            http.NullableHeaders[header.Key] = new NullableString { Value = header.Value.ToString() };
        }

        foreach (var parameter in request.Query)
        {
            http.NullableQuery[parameter.Key] = new NullableString { Value = parameter.Value.ToString() };
        }

        AddRouteParameters(http, request);
        var body = await ByteString.FromStreamAsync(request.Body, cancellationToken);
        if (!body.IsEmpty)
        {
            http.Body = new TypedData { Bytes = body };
        }

        return http;
    }

    /// <summary>Adds the values of the route's parameters.</summary>
    public static void AddRouteParameters(RpcHttp http, HttpRequest request)
    {
        foreach ((var name, var value) in request.RouteValues)
        {
            http.NullableParams[name] = new NullableString { Value = value?.ToString() ?? "" };
        }
    }

    /// <summary>Writes a response; a function without one answers 204.</summary>
    public static async Task WriteAsync(RpcHttp? http, HttpResponse response, CancellationToken cancellationToken)
    {
        if (http is null)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        response.StatusCode = int.TryParse(http.StatusCode, out var status) ? status : StatusCodes.Status200OK;
        foreach ((var name, var value) in http.Headers)
        {
            response.Headers[name] = value;
        }

        foreach (var cookie in http.Cookies)
        {
            response.Cookies.Append(cookie.Name, cookie.Value);
        }

        var body = FromTypedData(http.Body) switch
        {
            byte[] bytes => bytes,
            null => [],
            var other => Encoding.UTF8.GetBytes(other.ToString()!),
        };
        if (body.Length > 0)
        {
            response.Headers.Remove("Transfer-Encoding");
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, cancellationToken);
        }
    }
}
