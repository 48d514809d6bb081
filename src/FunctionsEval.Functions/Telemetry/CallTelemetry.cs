using System.Diagnostics;
using System.Globalization;
using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Telemetry;

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

    public ObservedCall(ModelOptions model, ModelRequest request, bool isTraced)
    {
        _model = model;
        var operation = model.Api switch
        {
            ModelApi.Chat => "chat",
            ModelApi.Completions => "text_completion",
            _ => "embeddings",
        };
        _tags = new TagList
        {
            { "gen_ai.operation.name", operation },
            {
                "gen_ai.provider.name",
                model.Provider switch
                {
                    ModelProvider.AzureOpenAI => "azure.ai.openai",
                    ModelProvider.OpenAI => "openai",
                    _ => "openai_compatible",
                }
            },
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
        if (_span is { IsAllDataRequested: true } && model.Api != ModelApi.Embeddings)
        {
            _span.SetTag("gen_ai.request.max_tokens", request.Sampling.MaxOutputTokens);
            _span.SetTag("gen_ai.request.temperature", request.Sampling.Temperature);
            _span.SetTag("gen_ai.request.seed", request.Sampling.Seed);
        }
    }

    /// <summary>Tells how the request ended; without it, it was cancelled.</summary>
    public void End(AttemptResult result)
    {
        var (input, output) = (0, 0);
        switch (result)
        {
            case AttemptResult.Ended { Result: ModelCallResult.Answered { Completion: var completion } }:
                (_error, input, output) = (null, completion.InputTokens, completion.OutputTokens);
                _span?.SetTag("gen_ai.response.finish_reasons", new[] { completion.FinishReason });
                _span?.SetTag("gen_ai.response.model", completion.Model);
                break;
            case AttemptResult.Ended { Result: ModelCallResult.Failed failed }:
                (_error, input, output) = (failed.Reason, failed.InputTokens, failed.OutputTokens);
                break;
            case AttemptResult.Ended { Result: ModelCallResult.Misconfigured }:
                _error = "misconfigured";
                break;
            case AttemptResult.Refused { Error: var refusal }:
                _error = refusal.Status.ToString(CultureInfo.InvariantCulture);
                break;
            case AttemptResult.Transient fault:
                (_error, input, output) = (fault.Reason, fault.InputTokens, fault.OutputTokens);
                if (fault.Fault == TransientFault.Throttled)
                {
                    Instruments.CallsThrottled.Add(1, _name);
                }

                break;
            default:
                _error = "_OTHER";
                break;
        }

        if (input + output == 0)
        {
            return;
        }

        _span?.SetTag("gen_ai.usage.input_tokens", input);
        _span?.SetTag("gen_ai.usage.output_tokens", output);
        Count(input, "input");
        Count(output, "output");
        if (_model.CostOf(input, output) is { } cost)
        {
            Instruments.Cost.Add((double)cost, _name);
        }
    }

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

    private void Count(int tokens, string type)
    {
        var tags = _tags;
        tags.Add("gen_ai.token.type", type);
        Instruments.TokenUsage.Record(tokens, tags);
    }
}
