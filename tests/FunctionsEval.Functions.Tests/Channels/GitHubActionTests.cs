using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Tests.Channels;

namespace FunctionsEval.Functions.Tests.Channels;

/// <summary>The script of the action, with an app and a GitHub that answer as documented.</summary>
public sealed class GitHubActionTests : IAsyncLifetime
{
    private const string Hostile = "</details> @org/team **x** | ![i](https://evil.example) <!-- #1 ::error::x";

    private readonly FakeApp _app = new();
    private readonly FakeGitHub _github = new();
    private readonly ActionScript _script = new();

    [Fact]
    public async Task Run_that_ends_while_the_job_waits_completes_check_and_comment()
    {
        _app.RunningFor = 1;
        _app.Lost.Add(
            new JsonObject
            {
                ["id"] = "row-17",
                ["line"] = 18,
                ["input"] = "a secret text",
            }
        );

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        var check = Assert.Single(_github.Checks);
        Assert.Equal(
            (FakeGitHub.Sha, FakeApp.RunId, "completed", "success", "FunctionsEval: tickets/test.jsonl"),
            (
                (string?)check["head_sha"],
                (string?)check["external_id"],
                (string?)check["status"],
                (string?)check["conclusion"],
                (string?)check["name"]
            )
        );
        var comment = (string)Assert.Single(_github.Comments)["body"]!;
        Assert.StartsWith("<!-- functionseval:", comment, StringComparison.Ordinal);
        Assert.Contains("4 of 4 rules hold", comment, StringComparison.Ordinal);
        Assert.Contains($"[Dashboard]({_app.Address}/#/runs/{FakeApp.RunId})", comment, StringComparison.Ordinal);
        Assert.Contains("**Lost: only base is right**\n\n- row-17 (line 18)", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret text", comment, StringComparison.Ordinal);
        var outputs = _script.Outputs();
        Assert.Equal(("pass", "Completed"), (outputs["verdict"], outputs["status"]));
        Assert.Equal((FakeApp.RunId, $"{_app.Address}/#/runs/{FakeApp.RunId}"), (outputs["run-id"], outputs["url"]));
        Assert.Contains(
            "4 of 4 rules hold",
            await File.ReadAllTextAsync(_script.SummaryPath, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Job_that_does_not_wait_leaves_a_check_that_the_notification_completes()
    {
        _app.RunningFor = 1;
        _script["wait-minutes"] = "0";

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Equal("in_progress", (string?)Assert.Single(_github.Checks)["status"]);
        Assert.Contains("Evaluating", (string)Assert.Single(_github.Comments)["body"]!, StringComparison.Ordinal);
        var context = Assert.Single(_app.Contexts);

        _app.Run["verdict"] = "fail";
        _app.Run["contexts"] = new JsonArray(context, "another program's", """{"v":1,"repo":"other/repository","sha":"x"}""");
        using var report = Report();
        (exitCode, log) = await report.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Equal(("completed", "failure"), ((string?)_github.Checks[0]["status"], (string?)_github.Checks[0]["conclusion"]));
        Assert.Contains("4 of 4 rules hold", (string)Assert.Single(_github.Comments)["body"]!, StringComparison.Ordinal);
        Assert.Equal("fail", report.Outputs()["verdict"]);
        Assert.Contains("1 of 1 callers of this repository were told", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_notification_changes_nothing_and_doubles_nothing()
    {
        _script["wait-minutes"] = "0";
        _app.RunningFor = 1;
        await _script.RunAsync();
        _app.Run["contexts"] = new JsonArray(_app.Contexts[0]);
        for (var repetition = 0; repetition < 2; repetition++)
        {
            using var report = Report();
            Assert.Equal(0, (await report.RunAsync()).ExitCode);
        }

        Assert.Single(_github.Comments);
        Assert.Equal("success", (string?)Assert.Single(_github.Checks)["conclusion"]);
    }

    [Fact]
    public async Task Notification_completes_no_check_of_another_run()
    {
        _app.RunningFor = 1;
        _script["wait-minutes"] = "0";
        await _script.RunAsync();
        _github.Checks[0]["external_id"] = "ev-another";
        _app.Run["contexts"] = new JsonArray(_app.Contexts[0]);

        using var report = Report();
        var (exitCode, log) = await report.RunAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal("in_progress", (string?)Assert.Single(_github.Checks)["status"]);
        Assert.Contains($"no check of {FakeApp.RunId} is there to complete", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comment_is_found_behind_the_first_page_and_only_the_tokens_own()
    {
        await _script.RunAsync();
        var marked = (string)_github.Comments[0]["body"]!;
        _github.Comments.Clear();
        _github.Comment(marked, "somebody", "User");
        _github.Comment("> " + marked, "another[bot]");
        for (var index = 0; index < 150; index++)
        {
            _github.Comment("LGTM", "somebody", "User");
        }

        _github.Comment(marked.Replace("at:1", "at:0", StringComparison.Ordinal));
        _github.Comment(marked); // One too many, of a job that ran at the same time.

        Assert.Equal(0, (await _script.RunAsync()).ExitCode);

        Assert.Equal(153, _github.Comments.Count);
        Assert.Equal(marked, (string?)_github.Comments[0]["body"]);
        Assert.Contains("4 of 4 rules hold", (string?)_github.Comments[152]["body"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comment_of_a_later_request_is_not_overwritten_by_an_earlier_runs_end()
    {
        _script["wait-minutes"] = "0";
        _app.RunningFor = 1;
        await _script.RunAsync();
        var earlier = JsonNode.Parse(_app.Contexts[0])!;
        earlier["at"] = (long)earlier["at"]! - 60;
        _app.Run["contexts"] = new JsonArray(earlier.ToJsonString());
        var before = (string?)_github.Comments[0]["body"];

        using var report = Report();
        Assert.Equal(0, (await report.RunAsync()).ExitCode);

        Assert.Equal(before, (string?)Assert.Single(_github.Comments)["body"]);
    }

    [Fact]
    public async Task Two_suites_of_one_pull_request_have_a_comment_each()
    {
        await _script.RunAsync();
        _script["dataset"] = "style/test.jsonl";
        await _script.RunAsync();

        Assert.Equal(2, _github.Comments.Count);
        Assert.Equal(2, _github.Checks.Select(check => (string?)check["name"]).Distinct().Count());
    }

    [Theory]
    [InlineData("Completed", "pass", "", 0, "success")]
    [InlineData("Completed", "fail", "", 1, "failure")]
    [InlineData("Completed", "inconclusive", "", 2, "failure")]
    [InlineData("Completed", null, "", 2, "failure")]
    [InlineData("Partial", "pass", "", 3, "failure")]
    [InlineData("Partial", "fail", "", 1, "failure")]
    [InlineData("Failed", "pass", "", 3, "failure")]
    [InlineData("Cancelled", null, "", 3, "failure")]
    [InlineData("Completed", "inconclusive", "fail", 0, "neutral")]
    [InlineData("Completed", "fail", "inconclusive,no-result", 0, "neutral")]
    [InlineData("Failed", null, "never", 0, "neutral")]
    public async Task Exit_code_is_the_command_lines_unless_fail_on_lets_it_pass(
        string status,
        string? verdict,
        string failOn,
        int exitCode,
        string conclusion
    )
    {
        _app.Run = new JsonObject
        {
            ["runId"] = FakeApp.RunId,
            ["status"] = status,
            ["verdict"] = verdict,
        };
        _script["fail-on"] = failOn;

        var (code, log) = await _script.RunAsync();

        Assert.True(exitCode == code, log);
        Assert.Equal(conclusion, (string?)Assert.Single(_github.Checks)["conclusion"]);
    }

    [Fact]
    public async Task Check_that_nothing_would_complete_is_ended_and_the_step_fails()
    {
        _app.KeepsContext = false;
        _app.RunningFor = 100;
        _script["wait-minutes"] = "0";

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("Raise wait-minutes, or give the spec notify.webhook", log, StringComparison.Ordinal);
        Assert.Equal(("completed", "timed_out"), ((string?)_github.Checks[0]["status"], (string?)_github.Checks[0]["conclusion"]));
    }

    [Fact]
    public async Task Limits_of_github_are_waited_for_and_a_lost_answer_doubles_no_comment()
    {
        var faults = new Queue<Answered?>([
            new Answered(403, """{"message":"You have exceeded a secondary rate limit"}""", "application/json", ("retry-after", "0")),
            new Answered(429, "", "application/json", ("retry-after", "0")),
        ]);
        var isLost = true;
        _github.Fault = request =>
        {
            if (request is { Method: "POST", Path: $"/repos/{FakeGitHub.Repository}/check-runs" } && faults.TryDequeue(out var fault))
            {
                return fault;
            }

            if (request.Method == "POST" && request.Path.EndsWith("/comments", StringComparison.Ordinal) && isLost)
            {
                isLost = false;
                _github.Comment((string)request.Json["body"]!);
                return new Answered(502);
            }

            return null;
        };

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Single(_github.Checks);
        Assert.Single(_github.Comments);
    }

    [Fact]
    public async Task Token_that_only_reads_is_told_of_and_the_verdict_counts_all_the_same()
    {
        _github.Fault = request =>
            request.Method == "POST" ? new Answered(403, """{"message":"Resource not accessible by integration"}""") : null;
        _app.Run["verdict"] = "fail";

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("::warning::The check is not written: GitHub answered 403", log, StringComparison.Ordinal);
        Assert.Contains("pull-requests: write", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_commit_is_told_in_githubs_words()
    {
        _script["sha"] = new string('a', 40);

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("::error::GitHub answered 422: Validation Failed No commit found for SHA", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_texts_of_samples_are_no_markup_and_no_command()
    {
        _app.Overview = null;
        _app.Run["name"] = Hostile;
        _app.Run["verdictReasons"] = $"fail: {Hostile}";
        _app.Run["status"] = "Failed";
        _app.Run["errorMessage"] = Hostile + "\n::set-output name=verdict::pass\n##[add-mask]x";
        _app.Lost.Add(
            new JsonObject
            {
                ["id"] = Hostile,
                ["line"] = 1,
                ["input"] = "```\n" + Hostile,
                ["candidate"] = new JsonObject { ["prediction"] = "````" },
            }
        );
        _script["content"] = "true";
        _script["name"] = Hostile;

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        var comment = (string)Assert.Single(_github.Comments)["body"]!;
        var outside = string.Join('\n', comment.Split('\n').Skip(1).Where(line => !line.StartsWith("  ", StringComparison.Ordinal)));
        Assert.DoesNotContain("@org", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("](https://evil", outside, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?<!\\)<(?!/?(details|summary)>)", outside);
        Assert.DoesNotMatch("[^# ]#1", outside);
        Assert.Contains("  `````text", comment, StringComparison.Ordinal);
        Assert.All(
            log.Split('\n').Where(line => line.Contains("::", StringComparison.Ordinal)),
            line => Assert.Matches("^::(error|warning|add-mask)::[^:]*(:[^:]+)*$", line.TrimEnd())
        );
        Assert.Equal("", _script.Outputs()["verdict"]);
    }

    [Fact]
    public async Task Suite_run_has_a_row_for_each_dataset_and_details_of_what_did_not_pass_first()
    {
        _app.Run = new JsonObject
        {
            ["suiteRunId"] = FakeApp.SuiteRunId,
            ["suite"] = "tickets",
            ["status"] = "Completed",
            ["verdict"] = "fail",
            ["verdictReasons"] = new JsonArray(new JsonObject { ["result"] = "fail", ["reason"] = "critical b.jsonl fails" }),
            ["datasets"] = new JsonArray(
                new JsonObject
                {
                    ["dataset"] = "tickets/a.jsonl",
                    ["tier"] = "critical",
                    ["verdict"] = "pass",
                    ["runId"] = "ev-a",
                },
                new JsonObject
                {
                    ["dataset"] = "tickets/b.jsonl",
                    ["tier"] = "critical",
                    ["verdict"] = "fail",
                    ["runId"] = "ev-b",
                },
                new JsonObject
                {
                    ["dataset"] = "tickets/c.jsonl",
                    ["tier"] = "advisory",
                    ["errorCode"] = "dataset_missing",
                }
            ),
        };
        _script["dataset"] = "";
        _script["suite"] = "tickets";
        _script["file"] = _script.Write("a.jsonl", "{}") + "\n" + _script.Write("b.jsonl", "{}");
        _script["model"] = "tuned/ft-1";

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 1, log);
        Assert.Equal(
            ["/api/datasets/tickets/a.jsonl", "/api/datasets/tickets/b.jsonl", "/api/suites"],
            _app.Requests.Where(request => request.Method != "GET").Select(request => request.Path)
        );
        Assert.Equal("tuned/ft-1", (string?)_app.Requests.First(request => request.Method == "POST").Json["model"]);
        var comment = (string)Assert.Single(_github.Comments)["body"]!;
        Assert.Contains("✗ critical b.jsonl fails", comment, StringComparison.Ordinal);
        Assert.Contains("| tickets/c.jsonl | advisory |  dataset\\_missing |", comment, StringComparison.Ordinal);
        Assert.True(
            comment.IndexOf("<summary>tickets/b", StringComparison.Ordinal)
                < comment.IndexOf("<summary>tickets/a", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Files_of_one_name_would_replace_one_another()
    {
        _script["dataset"] = "";
        _script["suite"] = "tickets";
        _script["file"] = "a/test.jsonl\nb/test.jsonl";

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("file: two files have one name", log, StringComparison.Ordinal);
        Assert.Empty(_app.Requests);
    }

    [Fact]
    public async Task Dataset_with_a_file_is_uploaded_with_the_context()
    {
        _script["file"] = _script.Write("local.jsonl", """{"id":1}""");

        Assert.Equal(0, (await _script.RunAsync()).ExitCode);

        var upload = Assert.Single(_app.Requests, request => request.Method == "PUT");
        Assert.Equal(
            ("/api/datasets/tickets/test.jsonl", "true", """{"id":1}"""),
            (upload.Path, upload.Query["replace"].ToString(), upload.Body)
        );
        Assert.InRange(Assert.Single(_app.Contexts).Length, 1, 512);
    }

    [Fact]
    public async Task Job_signs_in_with_its_own_identity_where_the_app_has_entra()
    {
        await using var entra = new FakeEntra();
        await entra.StartAsync();
        _script["azure-client-id"] = "11111111-2222-3333-4444-555555555555";
        _script["azure-tenant-id"] = "tenant.example";
        _script["app-id-uri"] = "api://functionseval";
        _script["azure-authority"] = entra.Address;
        _script.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = entra.Address + "/oidc?api-version=2.0";
        _script.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token";

        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.All(_app.Requests, request => Assert.Equal("Bearer app-token", request.Headers.Authorization.ToString()));
        Assert.Contains("::add-mask::app-token", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_without_an_identity_says_which_permission_it_needs()
    {
        _script["azure-client-id"] = "c";
        _script["azure-tenant-id"] = "t";
        _script["app-id-uri"] = "api://functionseval";

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("permissions: id-token: write", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("app", "http://app.example.com", "app: write the app's address")]
    [InlineData("app", "https://app.example.com/?code=x", "app: write the app's address")]
    [InlineData("app", "https://a.example.com/x)y", "app: write the app's address")]
    [InlineData("app", "https://a.example.com/x y", "app: write the app's address")]
    [InlineData("dataset", "tickets/../suites", "suite, dataset: write names without . and ..")]
    [InlineData("suite", "both", "suite, dataset: write one of them")]
    [InlineData("dataset", "", "suite, dataset: write one of them")]
    [InlineData("mode", "start", "mode: write evaluate or report.")]
    [InlineData("wait-minutes", "1h", "wait-minutes: write 0 to 360.")]
    [InlineData("fail-on", "error", "fail-on: write never, or some of fail, inconclusive, no-result")]
    [InlineData("check", "yes", "check: write true or false.")]
    [InlineData("model", "m", "model, baseline: only with suite.")]
    [InlineData("spec", "missing.json", "spec: there is no such file.")]
    [InlineData("file", "missing.jsonl", "file: there is no such file.")]
    [InlineData("key", "", "key: write a function key")]
    [InlineData("key", "$(functionsEvalKey)", "key: write a function key")]
    [InlineData("key", "wrong", "The app answered 401. It needs another function key (key)")]
    [InlineData("azure-client-id", "c", "azure-client-id, azure-tenant-id, app-id-uri: write all three, or none.")]
    [InlineData("name", "a\nb", "name: write at most 100 characters on one line.")]
    [InlineData("sha", "main", "sha: write a commit's full id.")]
    [InlineData("pull-request", "7; rm -rf /", "pull-request: write its number.")]
    [InlineData("github-token", "", "github-token: is missing.")]
    public async Task Input_that_cannot_be_used_is_named_with_the_fix(string input, string value, string expected)
    {
        _script[input] = value;

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("::error::", log, StringComparison.Ordinal);
        Assert.Contains(expected, log, StringComparison.Ordinal);
        Assert.DoesNotContain("    at ", log, StringComparison.Ordinal);
        Assert.Empty(_github.Checks);
    }

    [Fact]
    public async Task Nothing_that_is_secret_is_printed_or_written()
    {
        var (_, log) = await _script.RunAsync();

        var shown =
            log.Replace("::add-mask::" + FakeApp.Key, "", StringComparison.Ordinal)
            + string.Concat(_github.Comments.Select(comment => comment.ToJsonString()))
            + string.Concat(_github.Checks.Select(check => check.ToJsonString()))
            + string.Concat(_app.Contexts);
        Assert.DoesNotContain(FakeApp.Key, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeGitHub.Token, shown, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        await _github.StartAsync();
        Prepare(_script);
        _script["dataset"] = "tickets/test.jsonl";
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

    private void Prepare(ActionScript script)
    {
        script["app"] = _app.Address;
        script["key"] = FakeApp.Key;
        script["github-token"] = FakeGitHub.Token;
        script.Variables["GITHUB_REPOSITORY"] = FakeGitHub.Repository;
        script.Variables["GITHUB_API_URL"] = _github.Address;
        script.Variables["GITHUB_SHA"] = FakeGitHub.Sha;
        script.Variables["GITHUB_OUTPUT"] = script.OutputPath;
        script.Variables["GITHUB_STEP_SUMMARY"] = script.SummaryPath;
    }

    private ActionScript Report()
    {
        var script = new ActionScript();
        Prepare(script);
        script["mode"] = "report";
        script.Variables["GITHUB_EVENT_PATH"] = script.Write(
            "event.json",
            JsonSerializer.Serialize(
                new { action = "functionseval-ended", client_payload = new { runId = FakeApp.RunId, verdict = "pass" } }
            )
        );
        return script;
    }

    /// <summary>GitHub's identity service and Entra's token endpoint.</summary>
    private sealed class FakeEntra : FakeServer
    {
        protected override Answered Answer(Received request)
        {
            if (request.Path == "/oidc")
            {
                Assert.Equal(
                    ("Bearer request-token", "api://AzureADTokenExchange", "2.0"),
                    (
                        request.Headers.Authorization.ToString(),
                        request.Query["audience"].ToString(),
                        request.Query["api-version"].ToString()
                    )
                );
                return Answered.Json(new { value = "oidc-token" });
            }

            Assert.Equal("/tenant.example/oauth2/v2.0/token", request.Path);
            Assert.Contains("client_assertion=oidc-token", request.Body, StringComparison.Ordinal);
            Assert.Contains("scope=api%3A%2F%2Ffunctionseval%2F.default", request.Body, StringComparison.Ordinal);
            Assert.Contains("grant_type=client_credentials", request.Body, StringComparison.Ordinal);
            return Answered.Json(new { access_token = "app-token" });
        }
    }
}
