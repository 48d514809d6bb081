using FunctionsEval.LocalHost.Hosting.Rpc;
using FunctionsEval.LocalHost.Machine;
using Newtonsoft.Json.Linq;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>One function of the app, read from its metadata.</summary>
internal sealed class FunctionDescription
{
    private FunctionDescription(
        RpcFunctionMetadata metadata,
        BindingDescription trigger,
        IReadOnlyList<BindingDescription> inputs,
        string? httpOutput
    )
    {
        Name = metadata.Name;
        Id = metadata.FunctionId;
        Trigger = trigger;
        Inputs = inputs;
        HttpOutput = httpOutput;
    }

    public string Name { get; }

    public string Id { get; }

    public BindingDescription Trigger { get; }

    /// <summary>The input bindings besides the trigger.</summary>
    public IReadOnlyList<BindingDescription> Inputs { get; }

    /// <summary>The name of the output that carries the HTTP response (<c>$return</c> for the return value), if any.</summary>
    public string? HttpOutput { get; }

    public bool IsHttp => Trigger.Is("httpTrigger");

    /// <summary>The HTTP methods the function answers; empty means all.</summary>
    public IReadOnlyList<string> HttpMethods => Trigger.Json["methods"]?.ToObject<string[]>() ?? [];

    /// <summary>Reads one function.</summary>
    /// <exception cref="LocalHostException">The function uses a kind of binding this host does not offer.</exception>
    public static FunctionDescription From(RpcFunctionMetadata metadata)
    {
        List<BindingDescription> bindings = [.. metadata.RawBindings.Select(json => new BindingDescription(JObject.Parse(json)))];
        var trigger =
            bindings.SingleOrDefault(binding => binding.Type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase))
            ?? throw new LocalHostException($"The function {metadata.Name} has no trigger.");
        var output = bindings.Find(binding => binding.IsOutput && !binding.Is("http"));
        if (output is not null)
        {
            throw new LocalHostException(
                $"The function {metadata.Name} has an output binding of type '{output.Type}'; the local host offers HTTP responses only. "
                    + "Use the service's client in the function instead."
            );
        }

        return new FunctionDescription(
            metadata,
            trigger,
            [.. bindings.Where(binding => binding != trigger && !binding.IsOutput)],
            bindings.Find(binding => binding.IsOutput)?.Name
        );
    }
}

/// <summary>One binding of a function, as JSON and as what the host asks of it.</summary>
internal sealed class BindingDescription
{
    public BindingDescription(JObject json)
    {
        // The timer attribute's constructor calls its schedule by another name than the metadata does.
        if (json["schedule"] is { } schedule)
        {
            json["scheduleExpression"] = schedule;
        }

        Json = json;
    }

    public JObject Json { get; }

    public string Name => (string)Json["name"]!;

    public string Type => (string)Json["type"]!;

    public bool IsOutput => string.Equals((string?)Json["direction"], "out", StringComparison.OrdinalIgnoreCase);

    /// <summary>The type the WebJobs binding should produce: a reference the worker resolves itself, or the content.</summary>
    public Type RequestedType =>
        string.Equals((string?)Json["properties"]?["supportsDeferredBinding"], "True", StringComparison.OrdinalIgnoreCase)
            ? typeof(Microsoft.Azure.WebJobs.ParameterBindingData)
            : (string?)Json["dataType"] switch
            {
                "String" or "string" => typeof(string),
                "Binary" or "binary" => typeof(byte[]),
                _ => typeof(object),
            };

    public bool Is(string type) => string.Equals(Type, type, StringComparison.OrdinalIgnoreCase);
}
