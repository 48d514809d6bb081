using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.Machine;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.Azure.WebJobs.Extensions.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>
/// The app's routes in the router that the Functions host uses in Azure (WebJobs.Extensions.Http, filled as the host fills it: function by
/// function, with
/// the route prefix of host.json). It takes the first route that matches, where LocalHost's takes the most specific.
/// </summary>
public sealed class HostRouterTests
{
    [Theory]
    [InlineData("GET", "/", "GetDashboard")]
    [InlineData("GET", "/dashboard", "GetDashboardFile")]
    [InlineData("GET", "/dashboard/dashboard.js", "GetDashboardFile")]
    [InlineData("GET", "/dashboard/views/runs.js", "GetDashboardFile")]
    [InlineData("POST", "/api/evaluations", "StartEvaluation")]
    [InlineData("GET", "/api/evaluations", "ListEvaluations")]
    [InlineData("GET", "/api/evaluations/compare", "CompareEvaluations")]
    [InlineData("GET", "/api/evaluations/ev-1", "GetEvaluation")]
    [InlineData("GET", "/api/evaluations/ev-1/metrics", "GetEvaluationMetrics")]
    [InlineData("GET", "/api/evaluations/ev-1/report", "GetEvaluationReport")]
    [InlineData("GET", "/api/evaluations/ev-1/samples", "GetEvaluationSamples")]
    [InlineData("GET", "/api/evaluations/ev-1/summary", "GetEvaluationSummary")]
    [InlineData("POST", "/api/evaluations/ev-1/cancel", "CancelEvaluation")]
    [InlineData("POST", "/api/evaluations/ev-1/resume", "ResumeEvaluation")]
    [InlineData("POST", "/api/suites", "StartSuite")]
    [InlineData("GET", "/api/suites", "ListSuites")]
    [InlineData("GET", "/api/suites/es-1", "GetSuite")]
    [InlineData("GET", "/api/suites/es-1/report", "GetSuiteReport")]
    [InlineData("POST", "/api/suites/es-1/cancel", "CancelSuite")]
    [InlineData("POST", "/api/suites/es-1/resume", "ResumeSuite")]
    [InlineData("PUT", "/api/datasets/suite/test.jsonl", "UploadDataset")]
    [InlineData("GET", "/api/metrics", "ListMetrics")]
    [InlineData("GET", "/api/openapi.json", "GetOpenApi")]
    [InlineData("POST", "/api/webhooks/openai", "OpenAIWebhook")]
    [InlineData("POST", "/api/webhooks/eventgrid", "EventGridWebhook")]
    [InlineData("OPTIONS", "/api/webhooks/eventgrid", "EventGridWebhook")]
    [InlineData("GET", "/nothing", null)]
    [InlineData("POST", "/", null)]
    public async Task Address_reaches_its_function(string method, string path, string? expected)
    {
        string? reached = null;
        var services = new ServiceCollection().AddLogging().AddRouting().BuildServiceProvider();
        var router = new WebJobsRouter(services.GetRequiredService<IInlineConstraintResolver>());
        var host = JsonNode.Parse(await ReadAsync("host.json"))!;
        var builder = router.CreateBuilder(new Reached(name => reached = name), (string)host["extensions"]!["http"]!["routePrefix"]!);
        foreach (var function in JsonNode.Parse(await ReadAsync("functions.metadata"))!.AsArray())
        {
            if (function!["bindings"]!.AsArray().FirstOrDefault(binding => (string?)binding!["type"] == "httpTrigger") is not { } trigger)
            {
                continue;
            }

            var name = (string)function["name"]!;
            var methods = new RouteValueDictionary
            {
                ["httpMethod"] = new HttpMethodRouteConstraint([.. trigger["methods"]!.AsArray().Select(verb => (string)verb!)]),
            };
            builder.MapFunctionRoute(name, (string)trigger["route"]!, methods, name);
        }

        router.AddFunctionRoutes(builder.Build(), null);
        var http = new DefaultHttpContext { RequestServices = services };
        (http.Request.Method, http.Request.Path) = (method, path);
        var context = new RouteContext(http);
        await router.RouteAsync(context);
        if (context.Handler is { } handler)
        {
            await handler(http);
        }

        Assert.Equal(expected, reached);
    }

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(RepositoryLayout.FunctionAppDirectory, file), TestContext.Current.CancellationToken);

    private sealed class Reached(Action<string> reached) : IWebJobsRouteHandler
    {
        public Task InvokeAsync(HttpContext context, string functionName)
        {
            reached(functionName);
            return Task.CompletedTask;
        }
    }
}
