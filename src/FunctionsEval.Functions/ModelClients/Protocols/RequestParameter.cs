using System.Text.Json;

namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>A parameter of a request that an endpoint may refuse.</summary>
/// <param name="Name">Its name in the API.</param>
/// <param name="IsWanted">Whether a request has it that is sent in a given form.</param>
internal sealed record RequestParameter(string Name, Func<ModelRequest, Quirks, bool> IsWanted)
{
    /// <summary>How a request is sent to an endpoint that refuses it; <see cref="Quirks.None"/> where there is no other way.</summary>
    public Quirks Quirk { get; init; }

    /// <summary>Whether it is missing from such a request, which the run's result tells; otherwise it has another form.</summary>
    public bool IsLeftOut { get; init; }

    /// <summary>The spec's field that sets it in a request; null where no field does.</summary>
    public Func<ModelRequest, string?>? SpecField { get; init; }

    /// <summary>
    /// Whether its value depends on the row, so that one that is refused says nothing about the next row's. Default false.
    /// </summary>
    public bool IsOfRow { get; init; }

    /// <summary>Writes it; null where the protocol does that itself.</summary>
    public Action<Utf8JsonWriter, ModelRequest, Quirks>? Write { get; init; }

    /// <summary>Whether a request that was sent in this form has it.</summary>
    public bool IsSent(ModelRequest request, Quirks sent) => IsWanted(request, sent) && !(IsLeftOut && sent.HasFlag(Quirk));
}
