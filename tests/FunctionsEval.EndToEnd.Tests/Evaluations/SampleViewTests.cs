using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>How samples of a run are found and shown, on the whole app.</summary>
public sealed class SampleViewTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const string Spec =
        """{ "task": "classification", "model": "recorded", "baseline": "recorded-base", "labels": ["even", "odd"], "metrics": ["accuracy", "f1"], "prompt": { "system": "Say even or odd." }, "sampling": { "seed": 7, "stop": ["###"] } }""";

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Samples_are_found_counted_sorted_and_shown_with_the_prompt_that_was_sent()
    {
        _app.Endpoint.AnswerOf["recorded-base"] = prompt => prompt.EndsWith('1') ? (200, "even") : Parity.Answer(prompt);
        var rows = Parity.Rows("view", 60).ToList();
        var run = await _app.EvaluateAsync("view/test.jsonl", Spec, rows);
        var path = $"/api/evaluations/{run.PartitionKey}/samples";
        using var http = _app.Http;

        var all = await GetAsync(http, path);
        Assert.Equal((60, 60, 1, 50), ((int)all["total"]!, (int)all["of"]!, (int)all["first"]!, (int)all["next"]!));
        Assert.Equal(18, (int)(await GetAsync(http, $"{path}?baselineCorrect=false"))["total"]!); // 1, 8 and 9 of ten
        var flipped = await GetAsync(http, $"{path}?flip=gained&size=2");
        Assert.Equal((6, 60), ((int)flipped["total"]!, (int)flipped["of"]!));
        var gained = await GetAsync(http, $"{path}?flip=gained&sort=difference&order=desc&text=VIEW%201");
        Assert.Equal((2, "accuracy"), ((int)gained["total"]!, (string?)gained["metric"])); // 1 and 11
        Assert.Equal(1, (int)gained["samples"]![0]!["scores"]!["candidate"]!);
        Assert.Equal(0, (int)gained["samples"]![0]!["scores"]!["baseline"]!);
        Assert.False((bool)gained["samples"]![0]!["correct"]!["baseline"]!);
        Assert.Equal(
            "No sample has the label 'evn'. The closest is 'even'.",
            (string?)(await GetAsync(http, $"{path}?label=evn"))["notes"]![0]
        );
        var facets = await GetAsync(http, $"{path}/facets");
        Assert.Equal(30, (int)facets["labels"]!["values"]![0]!["samples"]!);
        Assert.Equal((18, 42), ((int)facets["correct"]!["baselineWrong"]!, (int)facets["correct"]!["baselineRight"]!));
        Assert.Equal(["accuracy"], facets["metrics"]!.AsArray().Select(metric => (string?)metric!["name"]));

        await AssertDetailAsync(http, path, flipped["samples"]![1]!);
        await AssertProblemAsync(http, $"{path}/nothing", HttpStatusCode.NotFound, "sample_not_found");
        await AssertProblemAsync(http, $"{path}?sort=score&metric=f1_macro", HttpStatusCode.BadRequest, "invalid_query");
        await AssertProblemAsync(http, $"{path}?tag=lang", HttpStatusCode.BadRequest, "invalid_query");

        await _app.DropAsync("view/test.jsonl", null, rows.Prepend(Parity.Row("new", 1)));
        var detail = await GetAsync(http, $"{path}/{flipped["samples"]![1]!["key"]}");
        Assert.Null(detail["prompt"]);
        Assert.StartsWith("The dataset was replaced", (string?)detail["promptMissing"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_of_a_packed_dataset_is_made_from_the_runs_own_copy()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', Parity.Rows("view-packed", 25))));
        }

        var run = await _app.EvaluateAsync("view-packed/test.jsonl.gz", Spec, packed.ToArray());
        await _app.Blobs.GetBlobContainerClient("datasets").DeleteBlobAsync("view-packed/test.jsonl.gz");
        using var http = _app.Http;
        var path = $"/api/evaluations/{run.PartitionKey}/samples";
        var last = (await GetAsync(http, $"{path}?offset=24"))["samples"]![0]!;

        var detail = await GetAsync(http, $"{path}/{last["key"]}");

        Assert.EndsWith("view-packed 24", (string?)detail["prompt"]!["messages"]![1]!["content"], StringComparison.Ordinal);
    }

    private static async Task AssertDetailAsync(HttpClient http, string path, JsonNode listed)
    {
        var detail = await GetAsync(http, $"{path}/{listed["key"]}?flip=gained");
        Assert.Equal((2, 6), ((int)detail["position"]!, (int)detail["of"]!));
        Assert.Equal((string?)listed["id"], (string?)detail["sample"]!["id"]);
        Assert.NotNull(detail["previousKey"]);
        Assert.NotNull(detail["nextKey"]);
        var messages = detail["prompt"]!["messages"]!.AsArray();
        Assert.Equal(
            [("system", "Say even or odd."), ("user", (string?)listed["input"])],
            messages.Select(message => ((string?)message!["role"], (string?)message["content"]))
        );
        var parameters = detail["parameters"]!;
        Assert.Equal(
            ("recorded", "recorded-base", 7, "###"),
            (
                (string?)parameters["candidate"]!["name"],
                (string?)parameters["baseline"]!["name"],
                (int)parameters["seed"]!,
                (string?)parameters["stop"]![0]
            )
        );
        Assert.DoesNotContain(EvaluationApp.ApiKey, detail.ToJsonString(), StringComparison.Ordinal);
        var score = Assert.Single(detail["scores"]!.AsArray())!;
        Assert.Equal(
            ("accuracy", 1, "0"),
            ((string?)score["name"], (int)score["candidate"]!["value"]!, (string?)score["baseline"]!["text"])
        );
        var notMatching = await GetAsync(http, $"{path}/{listed["key"]}?correct=false");
        Assert.Null(notMatching["position"]);
    }

    private static async Task<JsonObject> GetAsync(HttpClient http, string path) => (await http.GetFromJsonAsync<JsonObject>(path))!;

    private static async Task AssertProblemAsync(HttpClient http, string path, HttpStatusCode status, string code)
    {
        using var response = await http.GetAsync(path);
        Assert.Equal((status, code), (response.StatusCode, (string?)(await response.Content.ReadFromJsonAsync<JsonObject>())!["code"]));
    }
}
