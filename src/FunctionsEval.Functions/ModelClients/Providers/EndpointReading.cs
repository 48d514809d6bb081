using FunctionsEval.Functions.ModelClients.Protocols;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>What an address that was written as an endpoint says.</summary>
/// <param name="Endpoint">The endpoint's root, without route, query and slash at its end.</param>
/// <param name="ApiVersion">The version that requests name.</param>
internal sealed record EndpointReading(Uri Endpoint, string ApiVersion)
{
    /// <summary>The deployment in the address; null for none.</summary>
    public string? Deployment { get; init; }

    /// <summary>The API whose route the address ends in; null for none.</summary>
    public ModelProtocol? Api { get; init; }

    /// <summary>What is wrong with it and what to write; null for nothing. The other members mean nothing then.</summary>
    public string? Problem { get; init; }

    /// <summary>An address that cannot be used.</summary>
    /// <param name="problem">What is wrong with it and what to write; no part of the address that may be a key.</param>
    public static EndpointReading Refuse(string problem) => new(new Uri("https://invalid"), "") { Problem = problem };
}
