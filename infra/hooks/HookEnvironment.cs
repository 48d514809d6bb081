namespace FunctionsEval.Hooks;

/// <summary>The variables that azd hands to a hook: those of its environment and, once it has provisioned, the outputs of the template.</summary>
internal sealed class HookEnvironment(Func<string, string?> read)
{
    /// <summary>A variable; null where it is not set or empty.</summary>
    public string? Find(string name) => read(name) is { } value && value.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Whether a variable is <c>true</c>.</summary>
    public bool IsTrue(string name) => string.Equals(Find(name), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether storage is reached from a network only.</summary>
    public bool IsPrivate => IsTrue("VNET_ENABLED") || Find("APP_SUBNET_ID") is not null;

    /// <summary>Whether there is an Azure OpenAI account whose deployments models can be.</summary>
    public bool HasAccount => IsTrue("CREATE_OPENAI") || Find("OPENAI_NAME") is not null;

    /// <summary>A variable that a hook cannot do without.</summary>
    /// <exception cref="HookException">It is not set.</exception>
    public string Get(string name) =>
        Find(name)
        ?? throw new HookException(
            $"{name} is not set. azd sets it when it provisions. Run the hook by `azd hooks run NAME`, or set the variables that "
                + "`azd env get-values` prints (without azd: the outputs of the deployment)."
        );
}
