using FunctionsEval.Functions.Triggers.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;

namespace FunctionsEval.Functions.Tests.Triggers.Http;

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
        var result = await OpenApiDocument.LoadAsync(memory, "json", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        var described = result.Document!.Paths.SelectMany(path =>
            path.Value.Operations!.Select(operation => $"{operation.Key.Method.ToUpperInvariant()} {path.Key}")
        );
        Assert.Equal(Routes().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_has_an_id_of_its_own()
    {
        using var stream = typeof(GetOpenApi).Assembly.GetManifestResourceStream("openapi.json")!;
        using var document = System.Text.Json.JsonDocument.Parse(stream);
        var ids = document
            .RootElement.GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(operation => operation.Name != "parameters"))
            .Select(operation => operation.Value.GetProperty("operationId").GetString())
            .ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    /// <summary>
    /// The Functions host tries routes in the order of the functions' names, not by how specific they are (azure-functions-host issue
    /// 9876).
    /// </summary>
    [Fact]
    public void Function_whose_route_another_one_would_match_too_has_a_name_that_comes_first()
    {
        var functions = AppFunction
            .Http.Select(function => (function.Name, Parts: function.Trigger.Route!.Split('/'), Verbs: function.Trigger.Methods!))
            .ToList();
        var overlaps = (
            from specific in functions
            from general in functions
            where
                specific.Name != general.Name
                && specific.Parts.Length == general.Parts.Length
                && specific.Verbs.Intersect(general.Verbs).Any()
            where specific.Parts.Zip(general.Parts).All(part => part.First == part.Second || part.Second.StartsWith('{'))
            select (First: specific.Name, Then: general.Name)
        ).ToList();

        Assert.Contains(("CompareEvaluations", "GetEvaluation"), overlaps);
        Assert.All(
            overlaps,
            overlap =>
                Assert.True(string.CompareOrdinal(overlap.First, overlap.Then) < 0, $"{overlap.First} is shadowed by {overlap.Then}.")
        );
    }

    /// <summary>The webhook's key is its signature; the dashboard's files hold no data.</summary>
    [Fact]
    public void Every_route_but_the_signed_webhook_and_the_dashboard_needs_a_key()
    {
        var open = AppFunction
            .Http.Where(function => function.Trigger.AuthLevel != AuthorizationLevel.Function)
            .Select(function => function.Trigger.Route);
        Assert.Equal(["api/webhooks/openai", "dashboard/{*path}", "{home:maxlength(0)?}"], open.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Routes() =>
        from function in AppFunction.Http
        let route = function.Trigger.Route!
        where route.StartsWith("api/", StringComparison.Ordinal) // The others are the dashboard's files.
        from verb in function.Trigger.Methods!
        select $"{verb.ToUpperInvariant()} /{route.Replace("{*", "{", StringComparison.Ordinal)}";
}
