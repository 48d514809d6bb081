using Azure.Core;
using Azure.Identity;

namespace FunctionsEval.Functions;

/// <summary>The identity that the app has in Azure.</summary>
internal static class AppIdentity
{
    /// <summary>The user-assigned identity with a client id; without one, whichever Azure's client libraries find.</summary>
    public static TokenCredential Create(string? clientId) =>
        clientId is { Length: > 0 }
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential();
}
