using System.Diagnostics;
using System.Globalization;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Makes a span and measurements of each request to a model.</summary>
internal sealed class CallTelemetry(IOptions<TelemetryOptions> options, Random random)
{
    /// <summary>Begins to observe a request; to be disposed when it has ended, however that was.</summary>
    public ObservedCall Begin(ModelOptions model, ModelRequest request) =>
        new(model, request, isTraced: random.NextDouble() < options.Value.ModelCallSpanRatio);
}

/// <summary>A request under way.</summary>
internal sealed class ObservedCall : IDisposable
{
    private const string Cancelled = "cancelled";

    private readonly ModelOptions _model;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Activity? _span;
    private readonly KeyValuePair<string, object?> _name;
    private TagList _tags;
    private string? _error = Cancelled;

    /// <summary>Begins to observe a request.</summary>
    /// <param name="model">The model it goes to.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="isTraced">Whether it has a span of its own.</param>
    public ObservedCall(ModelOptions model, ModelRequest request, bool isTraced)
    {
        _model = model;
        var operation = model.Api.Operation;
        _tags = new TagList
        {
            { "gen_ai.operation.name", operation },
            { "gen_ai.provider.name", model.Provider.TelemetryName },
            { "gen_ai.request.model", model.Deployment },
            { "server.address", model.Endpoint.Host },
            { "server.port", model.Endpoint.Port },
        };
        _name = new KeyValuePair<string, object?>("functionseval.model", model.Name);
        Instruments.CallsInFlight.Add(1, _name);
        if (!isTraced)
        {
            return;
        }

        _span = Instruments.Source.StartActivity(
            $"{operation} {model.Deployment}",
            ActivityKind.Client,
            parentContext: default,
            tags: _tags
        );
        if (_span is { IsAllDataRequested: true } && !model.Api.GivesEmbeddings)
        {
            _span.SetTag("gen_ai.request.max_tokens", request.Sampling.MaxOutputTokens);
            _span.SetTag("gen_ai.request.temperature", request.Sampling.Temperature);
            _span.SetTag("gen_ai.request.seed", request.Sampling.Seed);
        }
    }

    /// <summary>Tells how the request ended; without it, it was cancelled.</summary>
    public void End(AttemptResult result)
    {
        switch (result)
        {
            case AttemptResult.Ended { Result: ModelCallResult.Answered { Completion: var completion } }:
                _error = null;
                _span?.SetTag("gen_ai.response.finish_reasons", new[] { completion.FinishReason });
                _span?.SetTag("gen_ai.response.model", completion.Model);
                break;
            case AttemptResult.Ended { Result: ModelCallResult.Failed failed }:
                _error = failed.Reason;
                break;
            case AttemptResult.Ended { Result: ModelCallResult.Misconfigured }:
                _error = "misconfigured";
                break;
            case AttemptResult.Refused { Error: var refusal }:
                _error = refusal.Status.ToString(CultureInfo.InvariantCulture);
                break;
            case AttemptResult.Transient fault:
                _error = fault.Reason;
                if (fault.Fault == TransientFault.Throttled)
                {
                    Instruments.CallsThrottled.Add(1, _name);
                }

                break;
            default:
                _error = "_OTHER";
                break;
        }

        if (result.Billed is { Total: > 0 } billed)
        {
            Count(billed);
        }
    }

    /// <summary>Tells that the request has ended.</summary>
    public void Dispose()
    {
        Instruments.CallsInFlight.Add(-1, _name);
        if (_error is not null)
        {
            _tags.Add("error.type", _error);
            _span?.SetTag("error.type", _error);
            _span?.SetStatus(ActivityStatusCode.Error);
        }

        Instruments.OperationDuration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, _tags);
        _span?.Dispose();
    }

    private void Count(BilledTokens billed)
    {
        _span?.SetTag("gen_ai.usage.input_tokens", billed.Input);
        _span?.SetTag("gen_ai.usage.output_tokens", billed.Output);
        if (billed.CachedInput > 0)
        {
            _span?.SetTag("gen_ai.usage.cache_read.input_tokens", billed.CachedInput);
        }

        Count(billed.Input, "input");
        Count(billed.Output, "output");
        if (_model.Prices?.CostOf(billed.Input, billed.Output, billed.CachedInput) is { } cost)
        {
            Instruments.Cost.Add((double)cost, _name);
        }
    }

    private void Count(int tokens, string type)
    {
        var tags = _tags;
        tags.Add("gen_ai.token.type", type);
        Instruments.TokenUsage.Record(tokens, tags);
    }
}
