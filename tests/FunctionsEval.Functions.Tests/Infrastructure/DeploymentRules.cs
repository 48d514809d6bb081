namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>
/// What every deployment of the app must keep to. Each rule says what breaks it, so that a test can show that it finds what it is for.
/// </summary>
internal static class DeploymentRules
{
    /// <summary>All that is wrong with a deployment of <c>main.bicep</c>.</summary>
    public static IReadOnlyList<string> Check(Deployment deployment, Expected expected) =>
        [
            .. StorageRules.Check(deployment, expected.IsPrivate),
            .. RoleRules.Check(deployment, expected),
            .. AppRules.Check(deployment, expected),
            .. SecretRules.Check(deployment),
            .. NetworkRules.Check(deployment, expected),
        ];
}
