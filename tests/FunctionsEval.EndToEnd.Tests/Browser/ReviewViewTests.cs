using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>A person grades samples of a run without seeing which model answered: the interface and its view.</summary>
public sealed class ReviewViewTests(BrowsedApp shared, ITestOutputHelper output) : IClassFixture<BrowsedApp>
{
    private const string Dataset = "review/test.jsonl";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reviewer_grades_by_keys_takes_back_and_sees_what_people_say()
    {
        await using var chromium = await Chromium.StartAsync();
        var runId = await RunAsync();
        var page = await chromium.OpenOnlineAsync(1280, 900, ColorScheme.Light);
        await page.GotoAsync($"{shared.App.Host.AppUrl}#/runs/{runId}/review");
        await page.GetByLabel("Your name").FillAsync("Ann");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        var progress = page.GetByRole(AriaRole.Status).First;
        await Expect(progress).ToContainTextAsync("0 of 12 graded by Ann"); // Where the two models say different things.
        await page.AssertViewAsync("dashboard-review");

        await page.Keyboard.PressAsync("1");
        await Expect(progress).ToContainTextAsync("1 of 12");
        await page.Keyboard.PressAsync("2");
        await Expect(progress).ToContainTextAsync("2 of 12");
        await page.Keyboard.PressAsync("u");
        await Expect(progress).ToContainTextAsync("1 of 12");
        await page.Keyboard.PressAsync("3");
        await Expect(progress).ToContainTextAsync("2 of 12");
        await page.GetByText("What people say so far").ClickAsync();

        await Expect(page.Locator(".results")).ToContainTextAsync("2 samples");
        await Expect(page.Locator(".results")).ToContainTextAsync("Reviewers and the references");
        foreach (var picture in await page.AssertViewAsync("dashboard-review-results"))
        {
            output.WriteLine(picture);
        }
    }

    [Fact]
    public async Task Queue_names_no_model_and_what_is_graded_leaves_it_for_that_reviewer_alone()
    {
        var runId = await RunAsync();
        using var http = shared.App.Http;
        var text = await http.GetStringAsync($"/api/evaluations/{runId}/reviews/queue?reviewer=Bob&size=50", Cancellation);
        var item = JsonNode.Parse(text)!["items"]![0]!;
        Assert.DoesNotContain("recorded", text, StringComparison.Ordinal);

        using var graded = await http.PostAsync(
            $"/api/evaluations/{runId}/reviews",
            JsonContent.Create(
                new
                {
                    reviewer = "Bob",
                    sample = (string)item["sample"]!,
                    grade = "first",
                }
            ),
            Cancellation
        );

        Assert.Equal(HttpStatusCode.OK, graded.StatusCode);
        Assert.Equal(1, (int)(await QueueAsync(http, runId, "Bob"))["done"]!);
        Assert.Equal(0, (int)(await QueueAsync(http, runId, "Cy"))["done"]!);
        var lines = await http.GetStringAsync($"/api/evaluations/{runId}/reviews?format=jsonl", Cancellation);
        Assert.Contains("\"reviewer\":\"Bob\"", lines, StringComparison.Ordinal);
        using var undone = await http.DeleteAsync($"/api/evaluations/{runId}/reviews?reviewer=Bob&sample={item["sample"]}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
        Assert.Equal(0, (int)(await QueueAsync(http, runId, "Bob"))["done"]!);

        using var unknown = await http.PostAsync(
            $"/api/evaluations/{runId}/reviews",
            JsonContent.Create(
                new
                {
                    reviewer = "Bob",
                    sample = "99999999",
                    grade = "first",
                }
            ),
            Cancellation
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("sample_not_found", await unknown.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"reviewer":"","sample":"0","grade":"first"}""", "reviewer: give a name")]
    [InlineData("""{"reviewer":"Ann","grade":"first"}""", "sample: pass the key")]
    [InlineData("""{"reviewer":"Ann","sample":"0","grade":"right"}""", "grade: must be first, second, tie or skip")]
    [InlineData("""{"reviewer":"Ann","sample":"0","place":3,"grade":"right"}""", "place: must be 1 or 2")]
    [InlineData("""{"reviewer":"Ann","sample":"0","grade":"tie","more":1}""", "Send {")]
    public async Task Review_that_cannot_be_kept_is_refused_with_the_field(string body, string detail)
    {
        var runId = await RunAsync();
        using var http = shared.App.Http;
        using var answer = await http.PostAsync(
            $"/api/evaluations/{runId}/reviews",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            Cancellation
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            detail,
            (string)(await answer.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["detail"]!,
            StringComparison.Ordinal
        );
    }

    private static async Task<JsonNode> QueueAsync(HttpClient http, string runId, string reviewer) =>
        (await http.GetFromJsonAsync<JsonNode>($"/api/evaluations/{runId}/reviews/queue?reviewer={reviewer}", Cancellation))!;

    private async Task<string> RunAsync()
    {
        shared.App.Endpoint.AnswerOf["recorded-base"] = DashboardPages.WeakAnswer;
        var spec = JsonSerializer.Serialize(
            new
            {
                task = "classification",
                model = "recorded",
                baseline = "recorded-base",
                labels = new[] { "even", "odd" },
                metrics = new[] { "accuracy" },
            }
        );
        return (await shared.EvaluateOnceAsync(Dataset, spec, Parity.Rows("review", 60))).PartitionKey;
    }
}
