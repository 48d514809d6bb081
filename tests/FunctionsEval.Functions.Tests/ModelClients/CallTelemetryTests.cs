using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>What listeners hear of requests to models.</summary>
public sealed class CallTelemetryTests
{
    [Fact]
    public async Task Requests_are_measured_with_tokens_cost_and_what_went_wrong()
    {
        var name = $"m-{Guid.NewGuid():N}";
        using var heard = new Measurements(name);
        await using var harness = await CallHarness.StartAsync(
            [
                ("Models:0:Deployment", name),
                ("Models:0:Name", name),
                ("Models:0:InputPricePerMillionTokens", "1000000"),
                ("Models:0:OutputPricePerMillionTokens", "10"),
            ],
            Replies.Throttle(("Retry-After", "1")),
            Replies.Ok
        );
        await harness.CallAsync(name, CallHarness.Request(), TestContext.Current.CancellationToken);

        Assert.Equal(2, heard.Measured("gen_ai.client.operation.duration").Count);
        Assert.Single(heard.Measured("gen_ai.client.operation.duration"), measured => measured.Tags.ContainsKey("error.type"));
        Assert.Equal(
            [(12.0, "input"), (2.0, "output")],
            heard.Measured("gen_ai.client.token.usage").Select(measured => (measured.Value, (string)measured.Tags["gen_ai.token.type"]!))
        );
        Assert.Equal(12.00002, Assert.Single(heard.Measured("functionseval.cost")).Value, 9);
        Assert.Equal(1, Assert.Single(heard.Measured("functionseval.calls.throttled")).Value);
        Assert.Equal(0, heard.Measured("functionseval.calls.in_flight").Sum(measured => measured.Value));
        Assert.Equal(["chat " + name, "chat " + name], heard.Spans.Select(span => span.DisplayName));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], heard.Spans.Select(span => span.Status));
    }

    [Theory]
    [InlineData(0.4, 0)]
    [InlineData(0.6, 1)]
    public void Share_of_the_requests_has_spans_and_every_one_is_measured(double ratio, int spans)
    {
        var name = $"m-{Guid.NewGuid():N}";
        using var heard = new Measurements(name);
        var model = new ModelOptions
        {
            Name = name,
            Section = "0",
            Endpoint = new Uri("http://127.0.0.1:9/v1"),
            Deployment = name,
        };
        var telemetry = new CallTelemetry(Options.Create(new TelemetryOptions { ModelCallSpanRatio = ratio }), new HalfRandom());
        using (telemetry.Begin(model, CallHarness.Request()))
        {
            // Nothing is told of its end: it was cancelled.
        }

        Assert.Equal(spans, heard.Spans.Count);
        Assert.Equal("cancelled", Assert.Single(heard.Measured("gen_ai.client.operation.duration")).Tags["error.type"]);
    }

    /// <summary>Listens for what is measured of one model; other tests' models are left out.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _heard = new();
        private readonly ConcurrentQueue<Activity> _spans = new();
        private readonly MeterListener _meters = new();
        private readonly ActivityListener _activities;

        public Measurements(string model)
        {
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Instruments.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
            _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
            _meters.Start();
            _activities = new ActivityListener
            {
                ShouldListenTo = source => source.Name == Instruments.Name,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = span =>
                {
                    if (Equals(span.GetTagItem("gen_ai.request.model"), model))
                    {
                        _spans.Enqueue(span);
                    }
                },
            };
            ActivitySource.AddActivityListener(_activities);

            void Hear(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
                if (all.ContainsValue(model))
                {
                    _heard.Enqueue((name, value, all));
                }
            }
        }

        public ConcurrentQueue<Activity> Spans => _spans;

        public List<(string Name, double Value, Dictionary<string, object?> Tags)> Measured(string name) =>
            _heard.Where(measured => measured.Name == name).ToList();

        public void Dispose()
        {
            _meters.Dispose();
            _activities.Dispose();
        }
    }
}
