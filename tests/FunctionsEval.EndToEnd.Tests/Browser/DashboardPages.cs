using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>What the tests of the dashboard's views share: runs to look at, and pages whose errors are kept.</summary>
internal sealed class DashboardPages(SharedApp shared, ITestOutputHelper output)
{
    private static readonly JsonSerializerOptions WithoutNulls = new()
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public string AppUrl => shared.App.Host.AppUrl.ToString();

    /// <summary>Errors that scripts of opened pages report.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>A page on a desktop, at an address of the dashboard.</summary>
    public async Task<IPage> OpenAsync(Chromium chromium, string address, Func<IPage, Task>? before = null)
    {
        var page = await chromium.OpenOnlineAsync(1280, 900, ColorScheme.Light);
        page.PageError += (_, error) => Errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Errors.Add(message.Text);
            }
        };
        if (before is not null)
        {
            await before(page);
        }

        await page.GotoAsync(AppUrl + address);
        return page;
    }

    /// <summary>Looks at a view at every width, in light and dark, and keeps its pictures.</summary>
    public async Task CheckAsync(IPage page, string view)
    {
        foreach (var picture in await page.AssertViewAsync($"dashboard-{view}"))
        {
            output.WriteLine(picture);
        }
    }

    /// <summary>Two runs over 60 rows: one whose gate passes beside a baseline, then one whose gate fails.</summary>
    public Task<(string Good, string Bad)> TwoRunsAsync(string dataset) =>
        shared.TwoRunsOnceAsync(dataset, () => StartTwoRunsAsync(dataset));

    /// <summary>Starts a run; its id.</summary>
    public async Task<string> StartAsync(string dataset, object spec)
    {
        using var http = shared.App.Http;
        using var answer = await http.PostAsJsonAsync("/api/evaluations", new { dataset, spec }, WithoutNulls);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
    }

    public static object Spec(string model, string? baseline, params string[] candidates) =>
        new
        {
            name = $"{model} on parity",
            task = "classification",
            model,
            baseline,
            candidates = candidates.Length == 0 ? null : candidates,
            labels = new[] { "even", "odd" },
            slices = new[] { "size" },
            metrics = new[] { "accuracy", "f1", "confusion_matrix" },
            gate = new { rules = new[] { new { metric = "accuracy", minimum = 0.7 } } },
        };

    /// <summary>Rows whose text tries to be markup and a formula.</summary>
    public static IEnumerable<string> Rows(int count) =>
        Enumerable
            .Range(0, count)
            .Select(number =>
                JsonSerializer.Serialize(
                    new
                    {
                        id = $"n{number}",
                        input = $"<script>alert({number})</script> =1+1 {number}",
                        expected = number % 2 == 0 ? "even" : "odd",
                        tags = new { size = number < 20 ? "small" : "large" },
                    }
                )
            );

    private async Task<(string Good, string Bad)> StartTwoRunsAsync(string dataset)
    {
        shared.App.Endpoint.AnswerOf["recorded-base"] = WeakAnswer;
        await shared.App.DropAsync(dataset, null, Rows(60));
        var good = await StartAsync(dataset, Spec("recorded", "recorded-base"));
        await shared.App.EndedAsync(dataset, row => row.PartitionKey == good);
        var bad = await StartAsync(dataset, Spec("recorded-base", null));
        await shared.App.EndedAsync(dataset, row => row.PartitionKey == bad);
        return (good, bad);
    }

    /// <summary>What ends with 1 or 3 is taken for even too: 6 of 10 answers are right.</summary>
    public static (int Status, string Text) WeakAnswer(string prompt) =>
        (200, prompt.EndsWith('1') || prompt.EndsWith('3') ? "even" : Parity.Answer(prompt).Text);
}
