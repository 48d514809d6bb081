using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Exports;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>
/// Exports have what the tools themselves read. Oracle: these exports were given to <c>make_table</c> of lm-evaluation-harness 0.4.13.dev0
/// (4e7e0d4), to <c>promptfoo import</c> and <c>export eval</c> of promptfoo 0.121.20, and to <c>RunRetrieveResponse</c> of openai-python
/// of August 2026 (whose <c>error</c> the API returns as null, too).
/// </summary>
public sealed class ExportShapeTests
{
    private const string Call =
        """{"outcome":"scored","text":"","prediction":"[{\"arguments\":{},\"name\":\"f\"}]","toolCalls":[{"name":"f","arguments":"{}"}]}""";

    private static readonly MetricValue Accuracy = new()
    {
        Role = Roles.Candidate,
        Name = "accuracy",
        Slice = MetricReport.AllSamples,
        Value = 1,
        Lower = 0.5,
        Upper = 1,
        Samples = 3,
        HigherIsBetter = true,
        Signature = "s",
    };

    private static readonly ExportSource Source = new(
        ExportedRuns.Run,
        ExportedRuns.Summary with
        {
            Spec = JsonSerializer.SerializeToElement(
                new { task = "classification", prompt = new { fewShot = new { count = 4, seed = 0 } } }
            ),
            Metrics =
            [
                Accuracy,
                Accuracy with
                {
                    Name = "recall[a, b/c]",
                    Value = 0.25,
                    Lower = null,
                    Upper = null,
                },
                Accuracy with
                {
                    Name = "ter",
                    Value = null,
                    Lower = null,
                    Upper = null,
                    HigherIsBetter = false,
                },
                Accuracy with
                {
                    Slice = "lang=de",
                    Value = 0,
                },
                Accuracy with
                {
                    Role = Roles.Baseline,
                    Value = 0,
                },
            ],
        }
    );

    private static readonly AnsweredSamples Samples = new([
        .. new[]
        {
            """{"id":"a","line":1,"offset":0,"input":"Price?","references":["sales"],"candidate":{"outcome":"scored","text":"sales","prediction":"sales","inputTokens":5,"outputTokens":1},"baseline":{"outcome":"scored","text":"x","prediction":"x"}}""",
            """{"id":"b","line":2,"offset":9,"input":"Broken!","references":["support","help"],"candidate":{"outcome":"scored","text":"sales","prediction":"sales","inputTokens":6,"outputTokens":1}}""",
            """{"id":"c","line":3,"offset":19,"input":"?","references":["sales"],"candidate":{"outcome":"exhausted","reason":"server_error: 500","inputTokens":0,"outputTokens":0}}""",
        }.Select(line => JsonSerializer.Deserialize<SampleResult>(line, ResultJson.Options)!),
    ]);

    [Fact]
    public void Harness_export_has_what_its_table_looks_up_for_a_task()
    {
        var export = Read(LmEvalExport.Write(Source));
        var task = export["results"]!.AsObject().Single().Key;

        Assert.Equal("team_mail", task);
        Assert.Equal((4, 1), ((int)export["n-shot"]![task]!, (int)export["versions"]![task]!));
        Assert.Equal(
            (true, false),
            ((bool)export["higher_is_better"]![task]!["accuracy"]!, (bool)export["higher_is_better"]![task]!["ter"]!)
        );
        Assert.Empty(export["group_subtasks"]![task]!.AsArray());
        Assert.Equal((3, 3), ((int)export["n-samples"]![task]!["original"]!, (int)export["n-samples"]![task]!["effective"]!));
    }

    [Fact]
    public void Harness_export_has_numbers_that_python_takes_for_floats_and_names_that_it_does_not_split()
    {
        var results = Read(LmEvalExport.Write(Source))["results"]!["team_mail"]!.AsObject();

        Assert.Equal(
            [
                "alias",
                "accuracy,none",
                "accuracy_stderr,none",
                "recall[a%2C b%2Fc],none",
                "recall[a%2C b%2Fc]_stderr,none",
                "ter,none",
                "ter_stderr,none",
            ],
            results.Select(result => result.Key)
        );
        Assert.Equal("1.0", results["accuracy,none"]!.ToJsonString());
        Assert.Equal(0.5 / 2 / 1.959963984540054, (double)results["accuracy_stderr,none"]!, 12);
        Assert.Equal(("N/A", null), ((string?)results["ter_stderr,none"], results["ter,none"]));
    }

    [Fact]
    public void Promptfoo_export_has_what_its_import_stores()
    {
        var export = Read(PromptfooExport.Write(Source, Samples));
        var results = export["results"]!["results"]!.AsArray();

        Assert.Equal(3, (int)export["results"]!["version"]!);
        Assert.Equal("2026-11-20T10:00:00.0000000+00:00", (string?)export["metadata"]!["evaluationCreatedAt"]);
        Assert.Equal("team/mail: mail/test.jsonl", (string?)export["config"]!["description"]);
        Assert.Equal([(0, 0), (0, 1), (0, 2)], results.Select(result => ((int)result!["promptIdx"]!, (int)result["testIdx"]!)));
        Assert.Equal(
            [(true, 1, 0), (false, 0, 1), (false, 0, 2)],
            results.Select(result => ((bool)result!["success"]!, (int)result["score"]!, (int)result["failureReason"]!))
        );
        Assert.Equal(["Price?", "Broken!", "?"], results.Select(result => (string?)result!["testCase"]!["vars"]!["input"]));
        Assert.Equal([null, null, "server_error: 500"], results.Select(result => (string?)result!["error"]));
        Assert.All(
            results,
            result =>
                Assert.Equal(
                    ("tuned", "{{input}}"),
                    ((string?)result!["provider"]!["id"], (string?)export["results"]!["prompts"]![0]!["raw"])
                )
        );
        var metrics = export["results"]!["prompts"]![0]!["metrics"]!;
        Assert.Equal((1, 1, 1), ((int)metrics["testPassCount"]!, (int)metrics["testFailCount"]!, (int)metrics["testErrorCount"]!));
        Assert.Equal(
            (11, 2, 13),
            ((int)metrics["tokenUsage"]!["prompt"]!, (int)metrics["tokenUsage"]!["completion"]!, (int)metrics["tokenUsage"]!["total"]!)
        );
    }

    /// <summary>What is right is what the report and the flips call right; without a reference nothing can be wrong.</summary>
    [Theory]
    [InlineData(true, """["[{\"name\":\"f\"}]"]""", Call)]
    [InlineData(true, """["[]"]""", """{"outcome":"scored","text":"No.","prediction":"\"No.\"","toolCalls":[]}""")]
    [InlineData(false, """["[]"]""", Call)]
    [InlineData(true, "[]", """{"outcome":"scored","text":"free","prediction":"free"}""")]
    public void Sample_passes_where_its_answer_is_right(bool isPassed, string references, string answer)
    {
        var samples = new AnsweredSamples([Sample(references, answer)]);
        var test = Read(PromptfooExport.Write(Source, samples))["results"]!["results"]![0]!;
        var evals = Read(OpenAIEvalsExport.Write(Source, samples));

        Assert.Equal(isPassed, (bool)test["success"]!);
        Assert.Equal(isPassed ? 1 : 0, (int)evals["result_counts"]!["passed"]!);
        Assert.Equal(references == "[]" ? 0 : 1, evals["per_testing_criteria_results"]!.AsArray().Count);
    }

    [Fact]
    public void Promptfoo_export_has_the_calls_of_an_answer_without_text()
    {
        var samples = new AnsweredSamples([Sample("""["[]"]""", Call)]);

        Assert.Equal(
            """[{"type":"function","function":{"name":"f","arguments":"{}"}}]""",
            Read(PromptfooExport.Write(Source, samples))["results"]!["results"]![0]!["response"]!["output"]!.ToJsonString()
        );
    }

    [Fact]
    public void Evals_export_has_every_member_that_a_run_of_the_api_has()
    {
        var export = Read(OpenAIEvalsExport.Write(Source, Samples));

        foreach (
            var member in new[]
            {
                "id",
                "created_at",
                "data_source",
                "eval_id",
                "metadata",
                "model",
                "name",
                "object",
                "per_model_usage",
                "per_testing_criteria_results",
                "report_url",
                "result_counts",
                "status",
            }
        )
        {
            Assert.NotNull(export[member]);
        }

        Assert.True(export.ContainsKey("error"));
        Assert.Equal(
            (3, 1, 1, 1),
            (
                (int)export["result_counts"]!["total"]!,
                (int)export["result_counts"]!["passed"]!,
                (int)export["result_counts"]!["failed"]!,
                (int)export["result_counts"]!["errored"]!
            )
        );
        Assert.Equal(
            (3, 13, 1795168800),
            (
                (int)export["per_model_usage"]![0]!["invocation_count"]!,
                (int)export["per_model_usage"]![0]!["total_tokens"]!,
                (int)export["created_at"]!
            )
        );
    }

    /// <summary>An export as a tool reads it.</summary>
    private static SampleResult Sample(string references, string answer) =>
        JsonSerializer.Deserialize<SampleResult>(
            $$"""{"id":"a","line":1,"offset":0,"references":{{references}},"candidate":{{answer}} }""",
            ResultJson.Options
        )!;

    private static JsonObject Read(string export) => JsonNode.Parse(export)!.AsObject();
}
