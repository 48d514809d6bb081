using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/openapi.json</c>: the description of these routes, <c>docs/openapi.json</c>.</summary>
internal static class GetOpenApi
{
    private const string Resource = "openapi.json";

    [Function(nameof(GetOpenApi))]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/openapi.json")] HttpRequest request) =>
        Results.Stream(
            typeof(GetOpenApi).Assembly.GetManifestResourceStream(Resource)
                ?? throw new InvalidOperationException("The OpenAPI document was not embedded."),
            "application/json"
        );
}
