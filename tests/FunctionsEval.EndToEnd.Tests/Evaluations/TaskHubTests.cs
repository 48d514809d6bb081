using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>Two apps on one storage account, told apart by the name of their task hub.</summary>
public sealed class TaskHubTests
{
    [Fact]
    public async Task Two_apps_on_one_account_take_neither_uploads_nor_work_of_each_other()
    {
        await using var app = await EvaluationApp.StartAsync();
        await using var elsewhere = await RecordingEndpoint.StartAsync();
        app.Endpoint.Answer = elsewhere.Answer = Parity.Answer;
        await using var second = await app.StartSecondHostAsync(
            ("AzureFunctionsJobHost__extensions__durableTask__hubName", "Second"),
            ("Models__recorded__Endpoint", elsewhere.Endpoint.ToString())
        );

        // The blob trigger's polling and an upload in a request, with each app.
        await app.DropAsync("first/test.jsonl", Parity.Spec, Parity.Rows("first", 20));
        var container = app.Blobs.GetBlobContainerClient("second-datasets");
        await container.UploadBlobAsync("second/evaluation.json", BinaryData.FromString(Parity.Spec));
        await container.UploadBlobAsync("second/test.jsonl", BinaryData.FromString(string.Join('\n', Parity.Rows("second", 20))));
        await StartAsync(app.Host, "first/request.jsonl", "third");
        await StartAsync(second, "second/request.jsonl", "fourth");

        await Eventually.TrueAsync(
            () => Completed("EvaluationRuns").Count == 2 && Completed("SecondEvaluationRuns").Count == 2,
            "two runs of each app have completed",
            TimeSpan.FromMinutes(3)
        );
        Assert.Equal(["first/request.jsonl", "first/test.jsonl"], Completed("EvaluationRuns"));
        Assert.Equal(["second/request.jsonl", "second/test.jsonl"], Completed("SecondEvaluationRuns"));
        Assert.Equal(Prompts("first", "third"), app.Endpoint.Requests.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Prompts("second", "fourth"), elsewhere.Requests.Keys.Order(StringComparer.Ordinal));
        Assert.All(elsewhere.Requests.Values.Concat(app.Endpoint.Requests.Values), requests => Assert.Equal(1, requests));

        List<string> Completed(string table) =>
            [
                .. app
                    .Tables.GetTableClient(table)
                    .Query<TableEntity>("RowKey eq 'run' and Status eq 'Completed'")
                    .Select(run => run.GetString("Dataset"))
                    .Order(StringComparer.Ordinal),
            ];
    }

    private static IEnumerable<string> Prompts(params string[] suites) =>
        suites.SelectMany(suite => Enumerable.Range(0, 20).Select(number => $"{suite} {number}")).Order(StringComparer.Ordinal);

    private static async Task StartAsync(LocalFunctionsHost host, string name, string suite)
    {
        using var http = new HttpClient { BaseAddress = host.AppUrl };
        using var response = await http.PutAsync($"/api/datasets/{name}", new StringContent(string.Join('\n', Parity.Rows(suite, 20))));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
