using System.Text;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Probing;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>POST /api/models/probe</c>: asks a configured model small questions and tells what its endpoint can do. <c>GET</c> with <c>?model=</c>
/// tells what that would take, and asks nothing.
/// </summary>
internal sealed class ProbeModel(ModelRegistry models, ProbePlanner planner, ModelProber prober)
{
    [Function(nameof(ProbeModel))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "post", Route = "api/models/probe")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (HttpMethods.IsGet(request.Method))
        {
            return Find(request.Query["model"], out var planned) ?? Results.Json(planner.For(planned!.Options), ResultJson.Options);
        }

        var (body, unreadable) = await ReadBodyAsync(request, cancellationToken);
        if (body is null)
        {
            return unreadable!;
        }

        return Find(body.Model, out var model) ?? ReadSpec(body.Spec, out var needs) ?? await ProbeAsync(model!, needs, cancellationToken);
    }

    private async Task<IResult> ProbeAsync(ConfiguredModel model, IReadOnlyList<ProbeFeature>? needs, CancellationToken cancellationToken)
    {
        if (await prober.TryProbeAsync(model, cancellationToken) is not { } probe)
        {
            return Problems.Conflict("probe_in_progress", "Another probe is under way; it ends within three minutes. Try again then.");
        }

        return Results.Json(needs is null ? probe : probe with { Spec = SpecNeeds.Check(needs, probe) }, ResultJson.Options);
    }

    /// <summary>Reads what a spec needs, before anything is asked.</summary>
    /// <returns>The problem; null where there is none.</returns>
    private static IResult? ReadSpec(JsonElement spec, out IReadOnlyList<ProbeFeature>? needs)
    {
        needs = null;
        if (spec.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return null;
        }

        try
        {
            needs = SpecNeeds.Of(SpecReader.ReadCanonical(Encoding.UTF8.GetBytes(spec.GetRawText()), "spec"));
            return null;
        }
        catch (Exception invalid) when (invalid is SpecException or OptionException)
        {
            return Problems.BadRequest("invalid_spec", invalid.Message);
        }
    }

    /// <summary>Finds a model.</summary>
    /// <returns>The problem; null where it is found.</returns>
    private IResult? Find(string? name, out ConfiguredModel? model)
    {
        model = null;
        if (string.IsNullOrWhiteSpace(name))
        {
            return Problems.BadRequest("invalid_body", "model: missing; name a configured model.");
        }

        if (models.TryGet(name, out model))
        {
            return null;
        }

        var configured = models.Names.Count > 0 ? string.Join(", ", models.Names) : "none";
        return Problems.NotFound(
            "unknown_model",
            name.Contains('*', StringComparison.Ordinal)
                ? $"Model '{name}' is a template. Name a deployment in place of the *, such as {ModelRegistry.NameOf(name, "my-deployment")}."
                : $"Model '{name}' is not configured. Configured models: {configured}. Name one of them, or add the app settings "
                    + $"Models__0__Name={name}, Models__0__Endpoint, Models__0__Deployment, …"
        );
    }

    private static async Task<(ProbeBody? Body, IResult? Unreadable)> ReadBodyAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await EventBody.ReadAsync(request, cancellationToken) is not { } bytes)
        {
            return (null, Problems.TooLarge("A probe is at most 1 MiB."));
        }

        return RequestJson.Read<ProbeBody>(bytes, RequestJson.HandWritten, out var body) is { } problem
            ? (
                null,
                Problems.BadRequest(
                    "invalid_body",
                    $"The body is not a probe ({problem}). "
                        + """Send {"model": "name"}, and optionally "spec" (an object as in evaluation.json)."""
                )
            )
            : (body, null);
    }

    private sealed record ProbeBody
    {
        public string? Model { get; init; }

        public JsonElement Spec { get; init; }
    }
}
