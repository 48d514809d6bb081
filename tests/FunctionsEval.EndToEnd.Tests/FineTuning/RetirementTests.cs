using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>A deployment whose model retires, with the dates from Azure Resource Manager.</summary>
public sealed class RetirementTests : IAsyncLifetime
{
    private const int Rows = 300;
    private const string Dataset = "retiring/test.jsonl";
    private const string Spec = """
        { "task": "classification", "labels": ["even", "odd"], "metrics": ["accuracy"], "model": "production",
          "onRetirement": { "days": 90, "replacement": "recorded", "margins": { "accuracy": 0.1 } } }
        """;

    private FineTuneServer _azure = null!;
    private RecordingEndpoint _production = null!;
    private EvaluationApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _azure = await FineTuneServer.StartAsync();
        _production = await RecordingEndpoint.StartAsync();
        _app = await EvaluationApp.StartAsync(
            ("FineTuning__ManagementEndpoint", _azure.Address.ToString()),
            ("IDENTITY_ENDPOINT", new Uri(_azure.Address, "/identity").ToString()),
            ("IDENTITY_HEADER", "secret-of-the-app"),
            ("Models__production__Provider", "AzureOpenAI"),
            ("Models__production__Endpoint", _production.Endpoint.GetLeftPart(UriPartial.Authority)),
            ("Models__production__Deployment", "prod"),
            ("Models__production__ApiKey", EvaluationApp.ApiKey),
            ("Models__production__ResourceId", FineTuneServer.ResourceId)
        );
        _production.Answer = Parity.Answer;
        _app.Endpoint.Answer = Parity.Answer;
        _azure.Account.Add("prod", "gpt-of-yesterday");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _production.DisposeAsync();
        await _azure.DisposeAsync();
    }

    [Fact]
    public async Task Replacement_is_held_against_the_stored_answers_of_the_model_that_is_gone()
    {
        var first = await _app.EvaluateAsync(Dataset, Spec, Parity.Rows("retiring", Rows));
        Assert.Equal("Completed", first.GetString("Status"));
        RetireIn(TimeSpan.FromDays(91));
        await _app.RunTimerAsync("DrillRetirements");
        Assert.Empty(await DrillsAsync());

        RetireIn(TimeSpan.FromDays(80));
        await _production.RefuseConnectionsAsync();
        await _app.RunTimerAsync("DrillRetirements");
        var run = await _app.EndedAsync(Dataset, row => row.GetString("Source") == "retirement");

        Assert.Equal(("Completed", "pass"), (run.GetString("Status"), run.GetString("Verdict")));
        Assert.Equal(
            ("recorded", "production", first.PartitionKey),
            (run.GetString("Model"), run.GetString("Baseline"), run.GetString("BaselineRun"))
        );
        Assert.Equal(Rows, _production.Paid);
        Assert.Contains("within the ±10 points that are allowed", run.GetString("VerdictReasons"), StringComparison.Ordinal);
        await _app.RunTimerAsync("DrillRetirements");
        Assert.Single(await DrillsAsync());
    }

    [Fact]
    public async Task Model_without_a_stored_answer_is_asked_itself()
    {
        RetireIn(TimeSpan.FromDays(1));
        _app.Endpoint.Answer = _ => (200, "odd");
        await _app.EvaluateAsync(
            Dataset,
            """{ "task": "classification", "labels": ["even", "odd"], "metrics": ["accuracy"], "model": "recorded-base" }""",
            Parity.Rows("retiring", Rows)
        );
        await _app
            .Blobs.GetBlobContainerClient("datasets")
            .GetBlobClient("retiring/evaluation.json")
            .UploadAsync(BinaryData.FromString(Spec), overwrite: true, TestContext.Current.CancellationToken);
        await _app.RunTimerAsync("DrillRetirements");

        var run = await _app.EndedAsync(Dataset, row => row.GetString("Source") == "retirement");

        Assert.Equal(("Completed", "fail"), (run.GetString("Status"), run.GetString("Verdict")));
        Assert.Equal(("production", null), (run.GetString("Baseline"), run.GetString("BaselineRun")));
        Assert.Equal(Rows, _production.Paid);
    }

    [Fact]
    public async Task Replacement_has_one_verdict_over_a_suite_and_one_notification()
    {
        var spec = JsonNode.Parse(Spec)!.AsObject();
        spec["suite"] = JsonNode.Parse("""{ "datasets": { "tail.jsonl": "supporting" } }""");
        spec["notify"] = JsonNode.Parse("""{ "queue": true }""");
        await _app.EvaluateAsync(Dataset, spec.ToJsonString(), Parity.Rows("retiring", Rows));
        await _app.EvaluateAsync("retiring/tail.jsonl", spec: null, Parity.Rows("tail", Rows));
        RetireIn(TimeSpan.FromDays(80));
        await _app.RunTimerAsync("DrillRetirements");
        await _app.RunTimerAsync("DrillRetirements");

        var suites = _app.Tables.GetTableClient("EvaluationSuites");
        TableEntity? suite = null;
        await Eventually.TrueAsync(
            () =>
            {
                suite = suites.Query<TableEntity>("RowKey eq 'suite' and Source eq 'retirement'").SingleOrDefault();
                return suite?.GetString("Status") == "Completed";
            },
            "the suite has one verdict"
        );

        Assert.Equal(("pass", "retiring", "recorded"), (suite!.GetString("Verdict"), suite.GetString("Suite"), suite.GetString("Model")));
        Assert.Equal("pass: critical test.jsonl passes; pass: supporting tail.jsonl passes", suite.GetString("VerdictReasons"));
        var told = Assert.Single(await _app.ToldAsync(message => (string?)message["data"]!["source"] == "retirement"));
        Assert.Equal(suite.PartitionKey, (string?)told["data"]!["suiteRunId"]);
    }

    [Fact]
    public async Task Models_are_listed_with_their_dates()
    {
        RetireIn(TimeSpan.FromDays(30));
        using var http = _app.Http;

        var page = (await http.GetFromJsonAsync<ModelPage>("/api/models", ResultJson.Options, TestContext.Current.CancellationToken))!;

        var production = page.Models.Single(model => model.Name == "production");
        Assert.Equal(("gpt-of-yesterday", "Planned", null), (production.Model, production.RetirementStatus, production.NotKnown));
        Assert.InRange(production.Retires!.Value - DateTimeOffset.UtcNow, TimeSpan.FromDays(29), TimeSpan.FromDays(31));
        Assert.NotNull(page.Models.Single(model => model.Name == "tuned/*").NotKnown);
    }

    private void RetireIn(TimeSpan time) =>
        _azure.Account.Models = [
            new JsonObject
            {
                ["format"] = "OpenAI",
                ["name"] = "gpt-of-yesterday",
                ["version"] = "1",
                ["deprecation"] = new JsonObject
                {
                    ["inference"] = (DateTimeOffset.UtcNow + time).ToString("O", CultureInfo.InvariantCulture),
                    ["deprecationStatus"] = "Planned",
                },
            },
        ];

    private async Task<List<TableEntity>> DrillsAsync() =>
        [.. (await _app.RunsAsync(Dataset)).Where(row => row.GetString("Source") == "retirement")];
}
