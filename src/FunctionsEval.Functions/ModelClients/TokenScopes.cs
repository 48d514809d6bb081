using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>The scopes for which the app's identity gets tokens.</summary>
internal static partial class TokenScopes
{
    /// <summary>What a setting takes, for messages.</summary>
    public const string Expected =
        "write the scope for which the endpoint takes tokens, such as https://ai.azure.com/.default or api://my-app/.default.";

    /// <summary>What a setting takes: a resource's address or id, and <c>/.default</c>.</summary>
    public const string Pattern = @"\A(?:(?:https|api)://[A-Za-z0-9._/-]{1,200}|[0-9a-fA-F-]{36})/\.default\z";

    /// <summary>Whether a text is a scope.</summary>
    public static bool IsValid(string text) => Scope().IsMatch(text);

    [GeneratedRegex(Pattern)]
    private static partial Regex Scope();
}
