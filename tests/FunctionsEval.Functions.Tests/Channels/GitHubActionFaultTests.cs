using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Tests.Channels;

namespace FunctionsEval.Functions.Tests.Channels;

/// <summary>
/// The script of the action, with an app and a GitHub that fail: a verdict that is there counts, whoever cannot be told of it.
/// </summary>
public sealed class GitHubActionFaultTests : IAsyncLifetime
{
    private readonly FakeApp _app = new();
    private readonly FakeGitHub _github = new();
    private readonly ActionScript _script = new();

    [Theory]
    [InlineData(422)]
    [InlineData(403)]
    [InlineData(502)]
    public async Task Comment_that_cannot_be_written_changes_no_verdict(int status)
    {
        _github.Fault = request =>
            request.Method == "POST" && request.Path.EndsWith("/comments", StringComparison.Ordinal)
                ? new Answered(status, """{"message":"Unable to create comment because issue is locked."}""")
                : null;
        _app.Run["verdict"] = "fail";

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 1, log);
        Assert.Contains($"::warning::The comment is not written: GitHub answered {status}", log, StringComparison.Ordinal);
        Assert.Equal("failure", (string?)Assert.Single(_github.Checks)["conclusion"]);
        Assert.Equal("fail", _script.Outputs()["verdict"]);
    }

    [Fact]
    public async Task Check_that_cannot_be_completed_changes_no_verdict()
    {
        _github.Fault = request => request.Method == "PATCH" ? new Answered(422, """{"message":"Validation Failed"}""") : null;

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Contains("::warning::The check is not written: GitHub answered 422", log, StringComparison.Ordinal);
        Assert.Equal("pass", _script.Outputs()["verdict"]);
    }

    [Fact]
    public async Task Check_whose_answer_was_lost_is_not_doubled()
    {
        var isLost = true;
        _github.Fault = request =>
        {
            if (request is not { Method: "POST", Path: $"/repos/{FakeGitHub.Repository}/check-runs" } || !isLost)
            {
                return null;
            }

            isLost = false;
            var check = request.Json.AsObject();
            check["id"] = 1L;
            _github.Checks.Add(check);
            return new Answered(502);
        };

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Equal("success", (string?)Assert.Single(_github.Checks)["conclusion"]);
    }

    [Fact]
    public async Task App_that_says_nothing_beside_the_verdict_hides_no_verdict()
    {
        _app.Run["verdict"] = "fail";
        _app.Run["verdictReasons"] = "fail: Accuracy 70 % is less than 80 %";
        _app.Fault = request =>
            request.Path.EndsWith("/overview", StringComparison.Ordinal) ? new Answered(302, "", "text/html", ("location", "/login"))
            : request.Path.EndsWith("/samples", StringComparison.Ordinal) ? new Answered(200, "<html>", "text/html")
            : null;

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 1, log);
        Assert.Contains(
            "### ✗ Fail: tickets\n\nfail: Accuracy 70 % is less than 80 %",
            (string?)Assert.Single(_github.Comments)["body"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Page_of_a_proxy_is_no_overview()
    {
        _app.Fault = request =>
            request.Path.EndsWith("/overview", StringComparison.Ordinal) ? new Answered(200, "<html>sign in</html>", "text/html") : null;

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.StartsWith("### ✓ Pass: tickets", BodyOf(Assert.Single(_github.Comments)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_waits_on_while_the_app_cannot_answer()
    {
        var refusals = 6;
        _app.Fault = request =>
            request.Path == $"/api/evaluations/{FakeApp.RunId}" && refusals-- > 0
                ? new Answered(429, "", "application/json", ("retry-after", "0"))
                : null;

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Contains("Asking again.", log, StringComparison.Ordinal);
        Assert.Equal("success", (string?)Assert.Single(_github.Checks)["conclusion"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"status":1}""")]
    public async Task Answer_that_is_no_run_is_told_and_is_no_result(string answer)
    {
        _app.Fault = request => request.Path == $"/api/evaluations/{FakeApp.RunId}" ? new Answered(200, answer) : null;
        _app.KeepsContext = false;

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("::error::The app's answer is no run. Check its address.", log, StringComparison.Ordinal);
        Assert.Equal("timed_out", (string?)Assert.Single(_github.Checks)["conclusion"]);
    }

    [Fact]
    public async Task Run_that_goes_on_without_a_check_is_no_success()
    {
        _app.RunningFor = 100;
        _script["wait-minutes"] = "0";
        _github.Fault = request =>
            request.Method == "POST" ? new Answered(403, """{"message":"Resource not accessible by integration"}""") : null;

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("there is no check that its notification could complete", log, StringComparison.Ordinal);
        Assert.Contains("checks: write", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Longest_overview_of_the_app_stays_in_the_comment()
    {
        _app.Overview = "### ✓ Pass: " + new string('x', 59_900);

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.StartsWith("### ✓ Pass: xxx", BodyOf(Assert.Single(_github.Comments)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suite_of_many_datasets_with_long_names_keeps_its_verdict_and_breaks_no_details()
    {
        const string Name = "a_b</summary></details><img src=x> :white_check_mark: @org/team";
        _script["dataset"] = "";
        _script["suite"] = "tickets";
        _app.Overview = new string('o', 50_000);
        _app.Run = new JsonObject
        {
            ["suiteRunId"] = FakeApp.SuiteRunId,
            ["suite"] = "tickets",
            ["status"] = "Completed",
            ["verdict"] = "fail",
            ["verdictReasons"] = new JsonArray([
                .. Enumerable.Range(0, 400).Select(_ => new JsonObject { ["result"] = "fail", ["reason"] = new string('&', 400) }),
            ]),
            ["datasets"] = new JsonArray([
                .. Enumerable
                    .Range(0, 3)
                    .Select(index => new JsonObject
                    {
                        ["dataset"] = Name,
                        ["tier"] = "critical",
                        ["verdict"] = "fail",
                        ["runId"] = $"ev-{index}",
                    }),
            ]),
        };

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 1, log);
        var body = BodyOf(Assert.Single(_github.Comments));
        Assert.StartsWith("### ✗ Fail: tickets", body, StringComparison.Ordinal);
        Assert.Contains("… and more than a comment holds", body, StringComparison.Ordinal);
        // What stands between tags is no Markdown: a backslash hides nothing there.
        Assert.Contains("<summary>a_b&lt;/summary&gt;&lt;/details&gt;&lt;img src=x&gt; :\u2060white", body, StringComparison.Ordinal);
        Assert.DoesNotContain(":white_check_mark:", body, StringComparison.Ordinal);
        Assert.DoesNotContain("@org", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tickets/über alles 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字.jsonl")]
    [InlineData("a/very/long/path/of/a/dataset/that/nobody/gave/a/name/because/the/action/makes/one/out/of/it/test.jsonl")]
    public async Task Dataset_with_a_long_path_needs_no_name(string dataset)
    {
        _script["dataset"] = dataset;

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Matches("^FunctionsEval: ….*[.]jsonl [0-9a-f]{6}$", (string?)Assert.Single(_github.Checks)["name"]);
        Assert.Equal(dataset, (string?)Assert.Single(_app.Requests, request => request.Method == "POST").Json["dataset"]);
    }

    [Fact]
    public async Task Key_is_masked_as_the_runner_reads_it()
    {
        _script["key"] = "a%25b";

        var (_, log) = await _script.RunAsync();

        Assert.Contains("::add-mask::a%2525b\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_job_ends_the_check_that_nothing_else_would_complete()
    {
        _app.KeepsContext = false;
        _app.RunningFor = int.MaxValue;
        _script.IsToBeCancelled = log => log.Contains(" is Running.", StringComparison.Ordinal);

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 3, log);
        var check = Assert.Single(_github.Checks);
        Assert.Equal(("timed_out", "The job was cancelled"), ((string?)check["conclusion"], (string?)check["output"]!["title"]));
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        await _github.StartAsync();
        _script["app"] = _app.Address;
        _script["key"] = FakeApp.Key;
        _script["github-token"] = FakeGitHub.Token;
        _script["dataset"] = "tickets/test.jsonl";
        _script.Variables["GITHUB_REPOSITORY"] = FakeGitHub.Repository;
        _script.Variables["GITHUB_API_URL"] = _github.Address;
        _script.Variables["GITHUB_OUTPUT"] = _script.OutputPath;
        _script.Variables["GITHUB_EVENT_PATH"] = _script.Write(
            "event.json",
            JsonSerializer.Serialize(new { pull_request = new { number = 7, head = new { sha = FakeGitHub.Sha } } })
        );
    }

    public async ValueTask DisposeAsync()
    {
        _script.Dispose();
        await _app.DisposeAsync();
        await _github.DisposeAsync();
    }

    /// <summary>A comment without its marker.</summary>
    private static string BodyOf(JsonObject comment) => ((string)comment["body"]!).Split('\n', 2)[1];
}
