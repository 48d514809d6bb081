using System.Reflection;
using FunctionsEval.Functions.Triggers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace FunctionsEval.Functions.Tests.Triggers;

/// <summary>The published document, read by Microsoft's reader, beside the routes that the functions declare.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Document_is_valid_and_describes_every_route_and_no_other()
    {
        await using var stream = typeof(GetOpenApi).Assembly.GetManifestResourceStream("openapi.json")!;
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, TestContext.Current.CancellationToken);
        memory.Position = 0;
        ReadResult result = await OpenApiDocument.LoadAsync(memory, "json", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        var described = result.Document!.Paths
            .SelectMany(path => path.Value.Operations!.Select(operation => $"{operation.Key.Method.ToUpperInvariant()} {path.Key}"));
        Assert.Equal(Routes().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_has_an_id_of_its_own()
    {
        using var stream = typeof(GetOpenApi).Assembly.GetManifestResourceStream("openapi.json")!;
        using var document = System.Text.Json.JsonDocument.Parse(stream);
        var ids = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(operation => operation.Name != "parameters"))
            .Select(operation => operation.Value.GetProperty("operationId").GetString())
            .ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private static IEnumerable<string> Routes() =>
        from type in typeof(GetOpenApi).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
        where method.GetCustomAttribute<FunctionAttribute>() is not null
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        from verb in trigger.Methods!
        select $"{verb.ToUpperInvariant()} /api/{trigger.Route!.Replace("{*", "{", StringComparison.Ordinal)}";
}
