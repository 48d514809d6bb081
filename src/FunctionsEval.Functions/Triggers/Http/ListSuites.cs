using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/suites?suite=&amp;size=&amp;continuation=</c>: suite runs, latest first, and suites that wait for datasets.</summary>
internal sealed class ListSuites(RunTables tables, SuiteReconciler reconciler)
{
    private const int DefaultSize = 20;
    private const int MaxSize = 100;

    [Function(nameof(ListSuites))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/suites")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var suite = ((string?)request.Query["suite"])?.Trim('/');
        string? continuation = request.Query["continuation"];
        var size = DefaultSize;
        if (
            request.Query.TryGetValue("size", out var asked)
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxSize)
        )
        {
            return Problems.BadRequest("invalid_query", $"size: must be 1 to {MaxSize}.");
        }

        if (continuation is not null && !Base64Url.IsValid(continuation))
        {
            return Problems.BadRequest("invalid_query", "continuation: pass the previous page's value unchanged.");
        }

        var token = continuation is null ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation));
        var (suites, next) = await tables.Suites.ReadPageAsync(suite, size, token, cancellationToken);
        IReadOnlyList<WaitingSuite> waiting = token is null
            ? [.. (await reconciler.ReadWaitingAsync(cancellationToken)).Where(one => suite is null || one.Suite == suite)]
            : [];
        var page = new SuitePage(suites, waiting, next is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next)));
        return Results.Json(page, ResultJson.Options);
    }
}
