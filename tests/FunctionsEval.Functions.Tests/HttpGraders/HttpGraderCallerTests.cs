using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Tests.ModelClients;
using FunctionsEval.Functions.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.HttpGraders;

/// <summary>The client of HTTP graders against a real server that computes its scores. Waits between attempts take no time.</summary>
public sealed class HttpGraderCallerTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private static readonly HttpGraderSpec Spec = new("grader", "math");

    [Fact]
    public async Task Request_has_row_answer_and_a_valid_signature_and_the_score_is_the_grade()
    {
        await using var harness = await Harness.StartAsync(Length);

        var (grade, stopped) = await harness.GradeAsync("four");

        Assert.Null(stopped);
        Assert.Equal((GradeOutcome.Graded, 0.4, "4 characters"), (grade!.Outcome, grade.Score, grade.Text));
        var seen = Assert.Single(harness.Server.Ledger);
        var answer = Assert.Single(seen.Body.GetProperty("answers").EnumerateArray());
        Assert.Equal(
            """{"id":"0","sample":{"output_text":"four","choices":[{"index":0,"message":{"role":"assistant","content":"four"}}]},"item":{"target":4},"references":["4"]}""",
            answer.GetRawText()
        );
        Assert.True(
            WebhookSignature
                .TryCreate(Secret)!
                .IsValid(
                    seen.Headers["webhook-id"],
                    seen.Headers["webhook-timestamp"],
                    seen.Headers["webhook-signature"],
                    Encoding.UTF8.GetBytes(seen.Body.GetRawText()),
                    harness.Time.GetUtcNow()
                )
        );
    }

    /// <summary>While a request is under way, answers gather; the next request takes them, up to the bound.</summary>
    [Fact]
    public async Task Answers_that_wait_go_together()
    {
        var first = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        await using var harness = await Harness.StartAsync(
            target => (target.MaxConcurrency, target.MaxBatch) = (1, 3),
            async context =>
            {
                first.TrySetResult();
                await open.Task;
                await Length(context);
            },
            Length
        );
        var head = harness.GradeAsync("a");
        await first.Task;
        var rest = Enumerable.Range(1, 7).Select(length => harness.GradeAsync(new string('b', length))).ToList();
        open.SetResult();

        Assert.Equal(0.1, (await head).Grade!.Score);
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], (await Task.WhenAll(rest)).Select(end => end.Grade!.Score!.Value));
        Assert.Equal([1, 3, 3, 1], harness.Server.Ledger.Select(seen => seen.Body.GetProperty("answers").GetArrayLength()));
    }

    [Theory]
    [InlineData("""{"scores":[]}""", GradeOutcome.NotGraded, "no_score")]
    [InlineData(
        """{"scores":[{"id":"0","error":"no_such_unit"}]}""",
        GradeOutcome.NotGraded,
        "grader_error: The grader gave the error 'no_such_unit'"
    )]
    [InlineData(
        """{"scores":[{"id":"0","error":"SECRET text of the row"}]}""",
        GradeOutcome.NotGraded,
        "grader_error: The grader gave the error 'unnamed'"
    )]
    [InlineData("""{"scores":[{"id":"0","score":"1"}]}""", GradeOutcome.Unparsable, "not_a_number")]
    [InlineData("""{"scores":[{"id":"0"}]}""", GradeOutcome.Unparsable, "not_a_number")]
    [InlineData("""{"scores":[{"id":"0","score":1e999}]}""", GradeOutcome.Unparsable, "not_a_number")]
    [InlineData("""{"scores":[{"id":"0","score":1.01}]}""", GradeOutcome.Unparsable, "outside_the_range")]
    public async Task What_is_no_score_is_never_taken_for_0(string reply, GradeOutcome outcome, string reason)
    {
        await using var harness = await Harness.StartAsync(Replies.Json(200, reply));

        var (grade, _) = await harness.GradeAsync("a");

        Assert.Equal((outcome, null), (grade!.Outcome, grade.Score));
        Assert.StartsWith(reason, grade.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grader_that_fails_for_a_moment_is_asked_again_under_the_same_id()
    {
        await using var harness = await Harness.StartAsync(
            Replies.Json(503, "{}"),
            Replies.Json(429, "{}", ("Retry-After", "7")),
            Replies.Reset("application/json", """{"scores":["""),
            Length
        );

        var (grade, _) = await harness.GradeAsync("ab");

        Assert.Equal(0.2, grade!.Score);
        Assert.Equal(4, harness.Server.Ledger.Count);
        Assert.Single(harness.Server.Ledger.Select(seen => seen.Headers["webhook-id"]).Distinct());
        Assert.Contains(TimeSpan.FromSeconds(7), harness.Time.Waits);
    }

    [Fact]
    public async Task Grader_that_is_away_leaves_its_answers_waiting()
    {
        await using var harness = await Harness.StartAsync(Replies.Json(500, "{}"));

        var (grade, stopped) = await harness.GradeAsync("a");

        Assert.Null(grade);
        var away = Assert.IsType<ModelCallResult.Unreachable>(stopped);
        Assert.Equal(("grader_unreachable", "server_error", 4), (away.Code, away.IfGivenUp.Reason, away.IfGivenUp.Attempts));
        Assert.Contains("grader math", away.Message, StringComparison.Ordinal);
        Assert.Equal(4, harness.Server.Ledger.Count);
    }

    [Fact]
    public async Task Grader_that_nobody_listens_for_leaves_its_answers_waiting()
    {
        await using var harness = await Harness.StartAsync(target => target.Url = new Uri("http://127.0.0.1:9"), Length);

        var (_, stopped) = await harness.GradeAsync("a");

        var away = Assert.IsType<ModelCallResult.Unreachable>(stopped);
        Assert.Equal("connection_failed", away.IfGivenUp.Reason);
        Assert.Contains("Graders__Http__math__Url", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grader_that_throttles_for_long_is_asked_later()
    {
        await using var harness = await Harness.StartAsync(Replies.Json(429, "{}", ("Retry-After", "60")));

        var (_, stopped) = await harness.GradeAsync("a");

        Assert.Equal(TimeSpan.FromSeconds(60), Assert.IsType<ModelCallResult.RetryLater>(stopped).After);
        Assert.Single(harness.Server.Ledger);
    }

    /// <summary>One answer at which the grader fails takes no other answer's grade, and ends no run.</summary>
    [Theory]
    [InlineData(500, "server_error")]
    [InlineData(400, "refused")]
    public async Task Answer_at_which_the_grader_fails_has_no_grade_and_the_others_have_theirs(int status, string reason)
    {
        var first = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        await using var harness = await Harness.StartAsync(
            target => target.MaxConcurrency = 1,
            async context =>
            {
                first.TrySetResult();
                await open.Task;
                await Length(context);
            },
            context =>
                ModelServer.BodyOf(context).GetRawText().Contains("poison", StringComparison.Ordinal)
                    ? Replies.Json(status, "{}")(context)
                    : Length(context)
        );
        var head = harness.GradeAsync("a");
        await first.Task;
        var all = new[] { "ab", "poison", "abc" }.Select(harness.GradeAsync).ToList();
        open.SetResult();

        await head;
        var grades = (await Task.WhenAll(all)).Select(end => end.Grade!).ToList();
        Assert.Equal([0.2, null, 0.3], grades.Select(grade => grade.Score));
        Assert.Equal(GradeOutcome.NotGraded, grades[1].Outcome);
        Assert.StartsWith(reason, grades[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "Graders__Http__math__Secret")]
    [InlineData(403, "Graders__Http__math__Secret")]
    [InlineData(404, "Graders__Http__math__Url")]
    [InlineData(302, "Graders__Http__math__Url")]
    public async Task Grader_that_takes_no_request_ends_the_run_and_names_the_setting(int status, string setting)
    {
        await using var harness = await Harness.StartAsync(Replies.Json(status, "{}", ("Location", "http://127.0.0.1:1/stolen")));

        var (_, stopped) = await harness.GradeAsync("a");

        var wrong = Assert.IsType<ModelCallResult.Misconfigured>(stopped);
        Assert.Equal("grader_misconfigured", wrong.Code);
        Assert.Contains(setting, wrong.Message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""{"score":1}""")]
    [InlineData("""{"scores":[{"id":"0","score":1},{"id":"0","score":0}]}""")]
    [InlineData("""{"scores":[{"id":0,"score":1}]}""")]
    [InlineData("""{"scores":[{"id":"0","explanation":"\ud800"}]}x""")]
    public async Task Reply_of_another_form_is_no_reply(string reply)
    {
        await using var harness = await Harness.StartAsync(Replies.Json(200, reply));

        var (_, stopped) = await harness.GradeAsync("a");

        Assert.Equal("unreadable_reply", Assert.IsType<ModelCallResult.Unreachable>(stopped).IfGivenUp.Reason);
    }

    [Fact]
    public async Task Reply_is_read_up_to_a_bound()
    {
        await using var harness = await Harness.StartAsync(
            Replies.Json(200, $$"""{"scores":[{"id":"0","score":1,"explanation":"{{new string('x', 1024 * 1024)}}"}]}""")
        );

        Assert.IsType<ModelCallResult.Unreachable>((await harness.GradeAsync("a")).Stopped);
    }

    [Fact]
    public async Task Run_that_stops_sends_nothing_more()
    {
        await using var harness = await Harness.StartAsync(Length);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        var (grade, reason) = await harness.GradeAsync("a", stopped.Token);

        Assert.Null(grade);
        Assert.IsType<ModelCallResult.NotSent>(reason);
        Assert.Empty(harness.Server.Ledger);
    }

    [Fact]
    public async Task Explanation_is_kept_up_to_a_bound()
    {
        await using var harness = await Harness.StartAsync(
            Replies.Json(200, $$"""{"scores":[{"id":"0","score":1,"explanation":"{{new string('x', 5_000)}}"}]}""")
        );

        Assert.Equal(2_000, (await harness.GradeAsync("a")).Grade!.Text!.Length);
    }

    /// <summary>A grader that cuts its explanation within a character has graded all the same.</summary>
    [Theory]
    [InlineData("""{"scores":[{"id":"0","score":1,"explanation":"cut \ud83d"}]}""", "cut \uFFFD")]
    [InlineData("""{"scores":[{"id":"0","\ud83d":0,"score":1,"explanation":"whole"}]}""", "whole")]
    public async Task Half_a_character_in_a_reply_takes_no_score_away(string reply, string explanation)
    {
        await using var harness = await Harness.StartAsync(Replies.Json(200, reply));

        var (grade, _) = await harness.GradeAsync("a");

        Assert.Equal((GradeOutcome.Graded, 1.0, explanation), (grade!.Outcome, grade.Score, grade.Text));
    }

    [Fact]
    public async Task Explanation_is_not_cut_within_a_character()
    {
        await using var harness = await Harness.StartAsync(
            Replies.Json(200, $$"""{"scores":[{"id":"0","score":1,"explanation":"{{new string('x', 1_999)}}😀"}]}""")
        );

        Assert.Equal(new string('x', 1_999), (await harness.GradeAsync("a")).Grade!.Text);
    }

    /// <summary>A process that stood still may no longer have its shard: another may have asked for the same grades by then.</summary>
    [Fact]
    public async Task Nothing_is_sent_before_it_is_confirmed_in_each_attempt()
    {
        var asked = Channel.CreateUnbounded<TaskCompletionSource>();
        var current = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var harness = await Harness.StartAsync(
            context =>
            {
                // The process stands still once more.
                current = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return Replies.Json(500, "{}")(context);
            },
            Length
        );
        var grading = harness.GradeAsync("four", CancellationToken.None, ConfirmAsync);

        for (var attempt = 0; attempt < 2; attempt++)
        {
            TaskCompletionSource confirmed;
            do
            {
                var asking = asked.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
                Assert.Same(asking, await Task.WhenAny(asking, grading));
                confirmed = await asking;
            } while (confirmed.Task.IsCompleted);
            Assert.Equal(attempt, harness.Server.Ledger.Count);
            confirmed.SetResult();
        }

        Assert.Equal(0.4, (await grading).Grade!.Score);
        Assert.Equal(2, harness.Server.Ledger.Count);

        Task ConfirmAsync(CancellationToken cancellationToken)
        {
            asked.Writer.TryWrite(current);
            return current.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The storage refuses one shard's appends, for as long as its function may run. Its answers come when it is sure again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_of_other_shards_do_not_wait_for_one_that_is_in_doubt(bool sinceTheFirstAttempt)
    {
        var doubt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isInDoubt = !sinceTheFirstAttempt;
        var first = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        await using var harness = await Harness.StartAsync(
            target => target.MaxConcurrency = 1,
            async context =>
            {
                first.TrySetResult();
                await open.Task;
                await Length(context);
            },
            context =>
            {
                // The first attempt of what has gathered.
                isInDoubt = true;
                return sinceTheFirstAttempt ? Replies.Json(503, "{}")(context) : Length(context);
            },
            Length
        );
        var head = harness.GradeAsync("a");
        await first.Task;
        var doubtful = harness.GradeAsync(
            "doubtful",
            CancellationToken.None,
            cancellationToken => isInDoubt ? doubt.Task.WaitAsync(cancellationToken) : Task.CompletedTask
        );
        var other = harness.GradeAsync("four", CancellationToken.None, _ => Task.CompletedTask);
        open.SetResult();
        await head;

        Assert.Same(other, await Task.WhenAny(other, doubtful, Task.Delay(CallHarness.Timeout, TestContext.Current.CancellationToken)));
        Assert.Equal(0.4, (await other).Grade!.Score);
        Assert.False(doubtful.IsCompleted);
        doubt.SetResult();

        Assert.Equal(0.8, (await doubtful).Grade!.Score);
        var attempts = sinceTheFirstAttempt ? 2 : 1;
        Assert.Equal((attempts, attempts), (SentWith("four").Count(), SentWith("doubtful").Count()));
        // Each request has other answers, so none may be taken for an attempt of another.
        Assert.Equal(attempts, SentWith("four").Select(seen => seen.Headers["webhook-id"]).Distinct().Count());

        IEnumerable<SeenRequest> SentWith(string answer) =>
            harness.Server.Ledger.Where(seen => seen.Body.GetRawText().Contains($"\"{answer}\"", StringComparison.Ordinal));
    }

    /// <summary>The shard is lost while its answers wait: they are not sent, and those of another shard are.</summary>
    [Fact]
    public async Task Answer_of_a_shard_that_is_lost_is_not_sent_with_those_of_others()
    {
        await using var harness = await Harness.StartAsync(target => target.MaxConcurrency = 1, Length);
        using var lost = new CancellationTokenSource();
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stale = harness.GradeAsync(
            "stale",
            lost.Token,
            cancellationToken =>
            {
                isAsked.TrySetResult();
                return Task.Delay(Timeout.Infinite, cancellationToken);
            }
        );
        Assert.Same(isAsked.Task, await Task.WhenAny(isAsked.Task, stale));
        var other = harness.GradeAsync("four", CancellationToken.None, _ => Task.CompletedTask);

        await lost.CancelAsync();

        Assert.IsType<ModelCallResult.NotSent>((await stale).Stopped);
        Assert.Equal(0.4, (await other).Grade!.Score);
        Assert.DoesNotContain(harness.Server.Ledger, seen => seen.Body.GetRawText().Contains("stale", StringComparison.Ordinal));
    }

    /// <summary>A grader whose score is a tenth of the answer's characters.</summary>
    private static async Task Length(HttpContext context)
    {
        var scores = ModelServer
            .BodyOf(context)
            .GetProperty("answers")
            .EnumerateArray()
            .Select(answer =>
                (Id: answer.GetProperty("id").GetString(), answer.GetProperty("sample").GetProperty("output_text").GetString()!.Length)
            )
            .Select(answer => new
            {
                id = answer.Id,
                score = answer.Length / 10.0,
                explanation = $"{answer.Length} characters",
            });
        await Replies.Json(200, JsonSerializer.Serialize(new { scores }))(context);
    }

    private sealed class Harness : IAsyncDisposable
    {
        private readonly ModelTransport _transport = new();
        private readonly HttpGraderCaller _caller;

        private Harness(ModelServer server, HttpGraderOptions options)
        {
            Server = server;
            _caller = new HttpGraderCaller(Options.Create(options), _transport, Options.Create(new CallRetryOptions()), Time);
        }

        public ModelServer Server { get; }

        public SkippingTime Time { get; } = new();

        public static Task<Harness> StartAsync(params RequestDelegate[] script) => StartAsync(_ => { }, script);

        public static async Task<Harness> StartAsync(Action<HttpGraderTarget> configure, params RequestDelegate[] script)
        {
            var server = await ModelServer.StartAsync(script);
            var target = new HttpGraderTarget
            {
                Url = new Uri($"http://127.0.0.1:{server.Port}/grade"),
                Secret = Secret,
                Timeout = CallHarness.Timeout,
            };
            configure(target);
            var options = new HttpGraderOptions();
            options.Http.Add("math", target);
            return new Harness(server, options);
        }

        public Task<(Grade? Grade, ModelCallResult? Stopped)> GradeAsync(string text) => GradeAsync(text, CancellationToken.None);

        public Task<(Grade? Grade, ModelCallResult? Stopped)> GradeAsync(
            string text,
            CancellationToken sendNoMore,
            Func<CancellationToken, Task>? confirm = null
        ) =>
            _caller.GradeAsync(
                Spec,
                new GradedAnswer(
                    new Sample
                    {
                        Id = "s",
                        Offset = 0,
                        References = ["4"],
                        Fields = JsonDocument.Parse("""{"target":4}""").RootElement,
                    },
                    text
                ),
                confirm,
                sendNoMore,
                TestContext.Current.CancellationToken
            );

        public async ValueTask DisposeAsync()
        {
            _transport.Dispose();
            await Server.DisposeAsync();
        }
    }
}
