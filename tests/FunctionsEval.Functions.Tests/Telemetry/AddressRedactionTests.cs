using System.Diagnostics;
using FunctionsEval.Functions.Telemetry;

namespace FunctionsEval.Functions.Tests.Telemetry;

/// <summary>What is taken out of addresses, and what is left of them.</summary>
public sealed class AddressRedactionTests
{
    [Theory]
    [InlineData(
        "Request starting HTTP/1.1 GET http://127.0.0.1:7071/api/evaluations?code=secret - - -",
        "Request starting HTTP/1.1 GET http://127.0.0.1:7071/api/evaluations?REDACTED - - -"
    )]
    [InlineData("https://hooks.example.com/run?secret", "https://hooks.example.com/run?REDACTED")]
    [InlineData("https://name:secret@example.com/v1", "https://REDACTED@example.com/v1")]
    [InlineData("https://name:secret@example.com/v1?sig=secret", "https://REDACTED@example.com/v1?REDACTED")]
    [InlineData(
        "'https://a.example/x?api-key=secret' and \"https://b.example/?sv=1&sig=secret\"",
        "'https://a.example/x?REDACTED' and \"https://b.example/?REDACTED\""
    )]
    [InlineData("?code=secret", "?REDACTED")]
    [InlineData("/api/evaluations?status=Failed&code=secret", "/api/evaluations?REDACTED")]
    public void Query_and_credentials_are_taken_out(string text, string expected) => Assert.Equal(expected, AddressRedaction.Redact(text));

    [Theory]
    [InlineData("Run r1 failed (no_spec): is there a spec? Upload one.")]
    [InlineData("https://example.com/v1/chat")]
    [InlineData("mail someone@example.com")]
    public void Other_text_is_left_as_it_is(string text) => Assert.Same(text, AddressRedaction.Redact(text));

    [Fact]
    public void Spans_attributes_of_every_convention_are_redacted()
    {
        using var span = new Activity("GET /api?code=secret").Start();
        span.SetTag("url.query", "code=secret");
        span.SetTag("url.full", new Uri("https://example.com/api?code=secret"));
        span.SetTag("http.target", "/api?code=secret");
        span.SetTag("http.url", "https://example.com/api?code=secret");
        span.SetTag("gen_ai.usage.input_tokens", 12);
        span.SetTag("gen_ai.response.finish_reasons", new[] { "stop" });
        span.SetStatus(ActivityStatusCode.Error, "GET https://example.com/api?code=secret failed");
        using var processor = new RedactingSpanProcessor();
        processor.OnEnd(span);

        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
        Assert.DoesNotContain("secret", span.DisplayName + span.StatusDescription, StringComparison.Ordinal);
        Assert.Equal(12, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(["stop"], Assert.IsType<string[]>(span.GetTagItem("gen_ai.response.finish_reasons")));
    }

    [Fact]
    public void Addresses_that_are_secrets_as_a_whole_lose_their_paths()
    {
        using var span = new Activity("POST").Start();
        span.SetTag("url.full", new Uri("https://hooks.slack.example/services/T0/B0/secret"));
        span.SetTag("url.path", "/services/T0/B0/secret");
        span.SetStatus(ActivityStatusCode.Error, "POST https://hooks.slack.example/services/T0/B0/secret failed");
        using var processor = new RedactingSpanProcessor("/services/T0/B0/secret");
        processor.OnEnd(span);

        Assert.Equal("https://hooks.slack.example/REDACTED", span.GetTagItem("url.full")?.ToString());
        Assert.Equal("/REDACTED", span.GetTagItem("url.path"));
        Assert.Equal("POST https://hooks.slack.example/REDACTED failed", span.StatusDescription);
    }

    [Fact]
    public void Events_of_a_span_are_redacted()
    {
        using var span = new Activity("function").Start();
        span.AddEvent(new ActivityEvent("before"));
        span.AddException(new InvalidOperationException("GET https://example.com/api?code=secret failed"));
        span.AddEvent(
            new ActivityEvent("GET /api?code=secret", tags: new ActivityTagsCollection { ["url.query"] = "code=secret", ["attempt"] = 2 })
        );
        DateTimeOffset[] times = [.. span.Events.Select(recorded => recorded.Timestamp)];
        using var processor = new RedactingSpanProcessor();
        processor.OnEnd(span);

        Assert.Equal(["before", "exception", "GET /api?REDACTED"], span.Events.Select(recorded => recorded.Name));
        Assert.Equal(times, span.Events.Select(recorded => recorded.Timestamp));
        var tags = span.Events.SelectMany(recorded => recorded.Tags).ToDictionary();
        Assert.DoesNotContain(tags.Values, value => value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
        Assert.Equal("GET https://example.com/api?REDACTED failed", tags["exception.message"]);
        Assert.Equal(2, tags["attempt"]);
    }
}
