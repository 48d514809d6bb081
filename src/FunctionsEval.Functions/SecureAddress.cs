namespace FunctionsEval.Functions;

/// <summary>Addresses in settings to which the app sends keys or texts.</summary>
internal static class SecureAddress
{
    /// <summary>Whether an address may be used: over https, or on this machine.</summary>
    public static bool IsAllowed(Uri? url) =>
        url is { IsAbsoluteUri: true } && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}
