using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Evaluation;

public sealed class CalledModelsTests
{
    /// <summary>A function stops sending this long before its end; a grader that takes longer would lose what is paid.</summary>
    [Theory]
    [InlineData("units", 170)]
    [InlineData("gone", 2)]
    public async Task Longest_call_may_be_that_of_an_HTTP_grader(string endpoint, int seconds)
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:Timeout", "00:00:02")], Replies.Ok);
        var options = new HttpGraderOptions();
        options.Http.Add("units", new HttpGraderTarget { Timeout = TimeSpan.FromSeconds(170) });
        using var transport = new ModelTransport();
        var graders = new HttpGraderCaller(Options.Create(options), transport, Options.Create(new CallRetryOptions()), TimeProvider.System);
        var spec = SpecReader.Read(
            $$"""
            { "task": "generation", "model": "m",
              "metrics": [{ "name": "grader", "grader": { "type": "http", "endpoint": "{{endpoint}}" } }] }
            """,
            "evaluation.json"
        );
        var manifest = new RunManifest
        {
            RunId = "run",
            Dataset = new DatasetVersion("a/test.jsonl", "1", 1),
            Format = JsonlFormat.Instance,
            Roles = [new RoleModel(Roles.Candidate, "m")],
            Shards = [],
            CodeVersion = "1",
        };

        var models = new CalledModels(harness.Registry, graders, new RunPlan(manifest, spec, training: null), Roles.Candidate);

        Assert.Equal(TimeSpan.FromSeconds(seconds), models.MaxCallTime);
    }
}
