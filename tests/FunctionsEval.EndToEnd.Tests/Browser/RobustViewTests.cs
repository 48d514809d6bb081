using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The dashboard when the app answers something else than it should, and when names are not kind.</summary>
public sealed class RobustViewTests(BrowsedApp shared, ITestOutputHelper output) : IClassFixture<BrowsedApp>
{
    private const string Dataset = "robust/test.jsonl";

    private static readonly HashSet<string> Names =
    [
        "name",
        "model",
        "baseline",
        "candidate",
        "suite",
        "label",
        "subject",
        "reference",
        "prediction",
        "title",
        "reason",
        "errorMessage",
    ];

    /// <summary>Longer than a screen without a place to break it, with markup and a turn to the left that is never ended.</summary>
    private static readonly string Hostile = $"{new string('A', 250)}<img src=x onerror=alert(1)> \u202Eevil שלום{new string('B', 220)}";

    private readonly DashboardPages _pages = new(shared, output);

    [Theory]
    [InlineData(500, null, null, "The app answered 500.")]
    [InlineData(
        404,
        "application/problem+json",
        """{ "title": "Not Found", "detail": "There is no such run." }""",
        "There is no such run."
    )]
    [InlineData(400, "application/problem+json", "{", "The app answered 400.")]
    [InlineData(200, "text/html", "<p>Sign in</p>", "a proxy or a sign-in may stand before it")]
    public async Task Whatever_is_answered_is_said_and_can_be_tried_again(int status, string? type, string? body, string words)
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await _pages.TwoRunsAsync(Dataset);
        var isBroken = true;
        var page = await _pages.OpenAsync(
            chromium,
            $"#/runs/{good}",
            page =>
                page.RouteAsync(
                    $"**/api/evaluations/{good}",
                    route =>
                        isBroken
                            ? route.FulfillAsync(
                                new()
                                {
                                    Status = status,
                                    ContentType = type,
                                    Body = body,
                                }
                            )
                            : route.ContinueAsync()
                )
        );

        await Expect(page.GetByText(words)).ToBeVisibleAsync();
        isBroken = false;
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("PASS");
    }

    [Fact]
    public async Task Key_dialog_that_is_closed_stays_closed_and_the_page_says_why_it_is_empty()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await _pages.OpenAsync(
            chromium,
            "#/models",
            page => page.RouteAsync("**/api/**", route => route.FulfillAsync(new() { Status = 401 }))
        );

        await Expect(page.Locator("#key-dialog")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");

        await Expect(page.GetByText("Reload the page to give one.")).ToBeVisibleAsync();
        await Expect(page.Locator("#key-dialog")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("runs/{0}")]
    [InlineData("runs/{0}/samples")]
    [InlineData("trends?suite=robust")]
    [InlineData("compare?runs={0},{1}")]
    public async Task Names_of_any_length_and_script_stay_text_within_the_page(string view)
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(
            chromium,
            "#/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, view, good, bad),
            page => page.RouteAsync("**/api/**", WithHostileNamesAsync)
        );

        await Expect(page.GetByText("onerror").First).ToBeAttachedAsync();
        foreach (var width in new[] { 360, 1280 })
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.AssertFitsAsync();
        }

        await Expect(page.Locator("img")).ToHaveCountAsync(0);
        Assert.Empty(_pages.Errors);
    }

    private static async Task WithHostileNamesAsync(IRoute route)
    {
        var answer = await route.FetchAsync();
        if (JsonNode.Parse(await answer.TextAsync()) is not { } json)
        {
            await route.FulfillAsync(new() { Response = answer });
            return;
        }

        Rename(json);
        await route.FulfillAsync(new() { Response = answer, Body = json.ToJsonString() });
    }

    private static void Rename(JsonNode node)
    {
        if (node is JsonArray array)
        {
            array.OfType<JsonNode>().ToList().ForEach(Rename);
            return;
        }

        if (node is not JsonObject members)
        {
            return;
        }

        foreach (var (name, value) in members.ToList())
        {
            if (Names.Contains(name) && value is JsonValue text && text.TryGetValue<string>(out var said))
            {
                members[name] = Hostile + said;
            }
            else if (value is not null)
            {
                Rename(value);
            }
        }
    }
}
