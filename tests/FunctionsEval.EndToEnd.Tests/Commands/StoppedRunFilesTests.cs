using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Exports;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>What the commands make of samples that only one of two models answered before the run was stopped.</summary>
public sealed class StoppedRunFilesTests
{
    private const string Both =
        """{"id":"a","line":1,"offset":0,"references":["yes"],"candidate":{"outcome":"scored","text":"yes","prediction":"yes"},"baseline":{"outcome":"scored","text":"no","prediction":"no"}}""";
    private const string BaselineOnly =
        """{"id":"b","line":2,"offset":9,"references":["yes"],"baseline":{"outcome":"scored","text":"yes","prediction":"yes"}}""";

    [Fact]
    public void Exports_hold_what_the_candidate_answered()
    {
        var source = new ExportSource(ExportedRuns.Run with { Status = RunStatus.Cancelled }, summary: null);
        var samples = new AnsweredSamples(
            new[] { Both, BaselineOnly }.Select(line => JsonSerializer.Deserialize<SampleResult>(line, ResultJson.Options)!)
        );

        var promptfoo = JsonNode.Parse(PromptfooExport.Write(source, samples))!["results"]!;
        var evals = JsonNode.Parse(OpenAIEvalsExport.Write(source, samples))!["result_counts"]!;

        Assert.Equal("a", (string?)Assert.Single(promptfoo["results"]!.AsArray())!["vars"]!["id"]);
        Assert.Equal((1, 1), ((int)promptfoo["stats"]!["total"]!, (int)promptfoo["stats"]!["successes"]!));
        Assert.Equal((1, 1), ((int)evals["total"]!, (int)evals["passed"]!));
    }

    [Fact]
    public void Score_names_the_line_that_lacks_the_candidates_answer()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Combine("samples.jsonl");
        File.WriteAllLines(file, [Both, BaselineOnly]);
        var spec = SpecReader.Read("""{"task":"generation","model":"m","baseline":"b","metrics":["exact_match"]}""", "evaluation.json");

        var fault = Assert.Throws<LocalHostException>(() => new PredictionFile(file, spec).Score(threads: 1));

        Assert.Contains("line 2: has an answer of the baseline only", fault.Message, StringComparison.Ordinal);
    }
}
