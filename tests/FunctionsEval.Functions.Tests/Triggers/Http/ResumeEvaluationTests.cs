using Azure.Data.Tables;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using FunctionsEval.Functions.Triggers.Http;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Triggers.Http;

public sealed class ResumeEvaluationTests
{
    private const string RunId = "ev-1";

    [Fact]
    public async Task Run_whose_spec_this_version_cannot_read_is_refused_with_the_reason()
    {
        var tables = new MemoryTables();
        tables.Table("EvaluationRuns").Set(new TableEntity(RunId, RunEntity.RowKey) { ["Status"] = "Partial" });
        var blobs = new MemoryBlobs();
        blobs.Contents[$"runs/{RunId}/spec.json"] = BinaryData.FromString(
            """{ "task": "classification", "model": "m", "limits": { "maxCost": 1e12 } }"""
        );
        var runs = new RunTables(tables, new OpenRuns(tables));
        var resume = new ResumeEvaluation(
            runs,
            candidates: null!,
            reconciler: null!,
            new RunResumption(runs, new RunBlobs(blobs), specs: null!, candidates: null!, reconciler: null!, TimeProvider.System)
        );

        var answer = await resume.RunAsync(new DefaultHttpContext().Request, RunId, durable: null!, TestContext.Current.CancellationToken);

        Assert.Equal(StatusCodes.Status400BadRequest, Assert.IsType<IStatusCodeHttpResult>(answer, exactMatch: false).StatusCode);
        Assert.Equal("Partial", tables.Table("EvaluationRuns").Find(RunId, RunEntity.RowKey)!.GetString("Status"));
    }
}
