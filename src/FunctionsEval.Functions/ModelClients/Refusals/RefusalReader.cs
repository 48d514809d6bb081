using System.ClientModel.Primitives;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Transport;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>Reads a response that is not an answer: the cause, and what follows.</summary>
internal static class RefusalReader
{
    /// <summary>Reads a response with a status other than 200.</summary>
    /// <param name="response">The response.</param>
    /// <param name="model">The model, for the settings' names.</param>
    /// <param name="now">This machine's time.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<AttemptResult> ReadAsync(
        PipelineResponse response,
        ModelOptions model,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (response.Status is >= 300 and < 400)
        {
            return new AttemptResult.Ended(AddressRefusals.Redirected(response.Status, model));
        }

        var error = await ReadErrorAsync(response, cancellationToken);
        var result = Classify(error, model, RetryAfter.Read(response.Headers, now));
        return result is AttemptResult.Transient fault && AnsweringDeployment.FindSpilloverError(response.Headers) is { } spillover
            ? fault with
            {
                Description = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fault.Description}, and {spillover} from the deployment for spillover"
                ),
            }
            : result;
    }

    /// <summary>The result of a body with status 200 and without an answer: that of the error in it, if there is one.</summary>
    /// <param name="root">The root of the body or the event.</param>
    /// <param name="exchange">What was asked, and what was read of the answer before.</param>
    /// <param name="reason">The reason if there is no error in it, one of <see cref="CallReasons"/>.</param>
    public static AttemptResult WithoutAnswer(JsonElement root, ModelExchange exchange, string reason)
    {
        return exchange.Model.Api.FindError(root) is { } error ? InsteadOfAnswer(error, exchange) : exchange.Answer.BreakOff(reason);
    }

    /// <summary>The result of an error with status 200 in the place of an answer, or after a part of it.</summary>
    /// <param name="root">The object that the error is in.</param>
    /// <param name="exchange">What was asked, and what was read of the answer before.</param>
    public static AttemptResult InsteadOfAnswer(JsonElement root, ModelExchange exchange)
    {
        EnvelopeReader.Read(root, exchange.Answer);
        var error = EndpointErrorReader.Read(200, root);
        if (error.IsContentFilter)
        {
            // Those of the answer may have been named before the error.
            var filters = error.Filters.Count > 0 ? error.Filters : exchange.Answer.Filters;
            return exchange.Answer.Withhold(
                Outcome.ContentFiltered,
                CallReasons.ContentFilter,
                $"A content filter withheld the prompt or the answer{ContentFilters.Describe(filters)}."
            );
        }

        var seen = exchange.Answer.BreakOff(error.Reason);
        return Classify(error, exchange.Model, retryAfter: null) switch
        {
            AttemptResult.Transient fault => fault with
            {
                Fault = fault.Fault == TransientFault.Broken ? seen.Fault : fault.Fault,
                Tokens = seen.Tokens,
            },
            AttemptResult.Refused refused => refused with { Tokens = seen.Tokens },
            AttemptResult.Ended ended => new AttemptResult.Ended(ended.Result.Add(seen.Tokens)),
            var other => other,
        };
    }

    /// <summary>Classifies an error, whether it came as a refusal or in the place of an answer.</summary>
    /// <param name="error">The error.</param>
    /// <param name="model">The model, for the settings' names.</param>
    /// <param name="retryAfter">The wait the endpoint asked for.</param>
    public static AttemptResult Classify(EndpointError error, ModelOptions model, TimeSpan? retryAfter)
    {
        if (AccountRefusals.Read(error, model) is { } account)
        {
            return new AttemptResult.Ended(account);
        }

        // Whatever the status: the request is withheld, and no other.
        if (error.IsContentFilter)
        {
            return new AttemptResult.Refused(error);
        }

        // OpenRouter gives 404 for a model without a feature, llama.cpp 500.
        if (error.Feature != RefusedFeature.None && error.Status is 400 or 404 or 422 or 500 or 501)
        {
            return new AttemptResult.Refused(error);
        }

        if (AddressRefusals.IsUnknownModel(error))
        {
            return new AttemptResult.Ended(AddressRefusals.Missing(error, model));
        }

        if (error.IsTooLarge)
        {
            return new AttemptResult.Ended(RefusedRequest.TooLarge(error));
        }

        // llama.cpp gives 500 for a conversation that the model's template refuses, OpenAI 403 for log probabilities that a model does not
        // give.
        if (
            error.IsAboutEcho
            || (error.Status == 500 && error.SaysSystemRoleUnsupported)
            || (error.Status == 403 && error.SaysUnsupported("logprobs"))
        )
        {
            return new AttemptResult.Refused(error);
        }

        return ClassifyByStatus(error, model, retryAfter)
            ?? (
                AddressRefusals.ReadOperation(error, model) is { } operation
                    ? new AttemptResult.Ended(operation)
                    : new AttemptResult.Refused(error)
            );
    }

    private static AttemptResult? ClassifyByStatus(EndpointError error, ModelOptions model, TimeSpan? retryAfter)
    {
        return error.Status switch
        {
            429 => Transient(TransientFault.Throttled),
            503 or 529 => Transient(TransientFault.Overloaded),
            501 or 505 or 511 or 405 or 406 or 407 or 410 or 415 or 421 or 426 => new AttemptResult.Ended(
                AddressRefusals.Unserved(error, model)
            ),
            408 or 409 or 425 or >= 500 => Transient(TransientFault.Broken),
            424 => Transient(TransientFault.ModelFailed),
            200 => new AttemptResult.Transient(TransientFault.Broken, error.Reason == "http_200" ? CallReasons.ErrorInBody : error.Reason),
            403 => Transient(TransientFault.Denied),
            404 => new AttemptResult.Ended(AddressRefusals.Missing(error, model)),
            _ => null,
        };

        AttemptResult.Transient Transient(TransientFault fault) => new(fault, error.Reason, retryAfter) { Description = error.Describe() };
    }

    private static async Task<EndpointError> ReadErrorAsync(PipelineResponse response, CancellationToken cancellationToken)
    {
        Memory<byte> body;
        try
        {
            body = await ResponseBody.ReadAsync(response, ResponseBody.BaseBytes, budget: null, cancellationToken);
        }
        catch (BodyTooLargeException)
        {
            return EndpointErrorReader.Read(StatusOf(response), "");
        }

        var text = Encoding.UTF8.GetString(body.Span).Trim();
        try
        {
            using var document = ResponseBody.Parse(body);
            return EndpointErrorReader.Read(StatusOf(response), document.RootElement);
        }
        catch (JsonException)
        {
            // For a proxy's page, only the status decides.
            return EndpointErrorReader.Read(StatusOf(response), text.StartsWith('<') ? "" : text);
        }
    }

    // An Azure Machine Learning endpoint answers 424 for every refusal of the server in the container, and says its status in a header.
    private static int StatusOf(PipelineResponse response) =>
        response.Status == 424
        && response.Headers.TryGetValue("ms-azureml-model-error-statuscode", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && status is >= 400 and < 600
            ? status
            : response.Status;
}
