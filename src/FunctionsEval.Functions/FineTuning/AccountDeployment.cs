namespace FunctionsEval.Functions.FineTuning;

/// <summary>A deployment of an Azure OpenAI account.</summary>
/// <param name="Name">Its name, by which it is called.</param>
/// <param name="Model">The name of the model that is deployed.</param>
/// <param name="Tags">Its tags.</param>
internal sealed record AccountDeployment(string Name, string Model, IReadOnlyDictionary<string, string?> Tags)
{
    /// <summary>What became of its creation or deletion.</summary>
    public DeploymentState State { get; init; }
}

/// <summary>What became of the creation or deletion of a deployment.</summary>
internal enum DeploymentState
{
    /// <summary>It is being created or changed, or its state has a name that the app does not know.</summary>
    UnderWay,

    /// <summary>It can be called.</summary>
    Succeeded,

    /// <summary>Its creation failed or was cancelled, or it is disabled.</summary>
    Failed,

    /// <summary>It is being deleted.</summary>
    Deleting,
}
