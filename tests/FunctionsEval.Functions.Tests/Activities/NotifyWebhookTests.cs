using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Activities;

/// <summary>What becomes of a delivery to a chat, and what is told of it.</summary>
public sealed class NotifyWebhookTests : IAsyncLifetime
{
    private const string RunId = "ev-1";

    private readonly FakeLogger<NotifyWebhook> _log = new();
    private readonly MemoryTables _service = new();
    private readonly RunTables _tables;
    private readonly ModelTransport _transport = new();
    private readonly FakeTimeProvider _time = new();
    private readonly WebApplication _receiver;
    private Func<HttpResponse, Task> _answer = _ => Task.CompletedTask;

    public NotifyWebhookTests()
    {
        _tables = new RunTables(_service, new OpenRuns(_service));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _receiver = builder.Build();
        _receiver.MapPost("/services/canary-path", (HttpContext context) => _answer(context.Response));
    }

    [Fact]
    public async Task Message_that_slack_takes_is_sent_once()
    {
        _answer = response => response.WriteAsync("ok");

        await RunAsync();

        Assert.Equal(["Run ev-1: chat was notified."], Logged);
    }

    [Fact]
    public async Task Message_that_slack_refuses_is_given_up_without_its_address()
    {
        _answer = response =>
        {
            response.StatusCode = 404;
            return response.WriteAsync("no_service");
        };

        await RunAsync();

        Assert.Equal(["Run ev-1: the notification of chat was given up: it answered 404."], Logged);
    }

    [Fact]
    public async Task Wait_that_slack_asks_for_passes_before_the_next_try_and_nothing_shows_the_address()
    {
        _answer = response =>
        {
            response.StatusCode = 429;
            response.Headers.RetryAfter = "20";
            return Task.CompletedTask;
        };

        var running = RunAsync();
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken); // The receiver needs the processor meanwhile.
        }

        var failure = await Assert.ThrowsAsync<NotificationException>(() => running);
        Assert.Equal("Webhook chat answered 429.", failure.Message);
        Assert.True(_time.GetUtcNow() - _time.Start >= TimeSpan.FromSeconds(20), "the wait was kept");
        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_that_is_not_there_is_told_without_its_address()
    {
        var url = new Uri(new Uri(_receiver.Urls.First()), "/services/canary-path");
        await _receiver.StopAsync(TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<NotificationException>(() => RunAsync(url));

        Assert.DoesNotContain("canary", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_without_an_end_is_read_to_a_bound()
    {
        _answer = async response =>
        {
            await response.WriteAsync("no", TestContext.Current.CancellationToken);
            while (!response.HttpContext.RequestAborted.IsCancellationRequested)
            {
                await response.WriteAsync(new string('x', 4096), response.HttpContext.RequestAborted);
            }
        };

        await RunAsync();

        Assert.Equal(["Run ev-1: the notification of chat was given up: it answered 200."], Logged);
    }

    private IEnumerable<string> Logged => _log.Collector.GetSnapshot().Select(record => record.Message);

    public async ValueTask InitializeAsync()
    {
        await _receiver.StartAsync();
        var run = new Run
        {
            RunId = RunId,
            Status = RunStatus.Completed,
            Suite = "s",
        };
        await _tables.TryReserveAsync(run, default);
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _transport.Dispose();
    }

    private Task RunAsync(Uri? url = null)
    {
        var options = new NotificationOptions { AppUrl = new Uri("https://app.example.com") };
        options.Webhooks["chat"] = new WebhookTarget
        {
            Format = "Slack",
            Url = url ?? new Uri(new Uri(_receiver.Urls.First()), "/services/canary-path"),
        };
        return new NotifyWebhook(_tables, new RunEndTable(_service), _transport, Options.Create(options), _time, _log).RunAsync(
            new NotifyRequest(RunId, "chat", 0),
            TestContext.Current.CancellationToken
        );
    }
}
