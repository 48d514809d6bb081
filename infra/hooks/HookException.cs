namespace FunctionsEval.Hooks;

/// <summary>A hook cannot do its work; the message says why and what to do.</summary>
internal sealed class HookException(string message) : Exception(message);
