namespace FunctionsEval.Hooks;

/// <summary>What azd runs before it provisions and after it has deployed (<c>azure.yaml</c>), and what a person or a pipeline runs alone.</summary>
internal static class HookRunner
{
    private const int Failed = 1;
    private const int Usage = 2;

    /// <summary>Runs a hook.</summary>
    /// <param name="arguments">Its name, and the root of the repository unless that is the current folder.</param>
    /// <param name="az">The Azure CLI.</param>
    /// <param name="environment">The variables.</param>
    /// <param name="time">The clock.</param>
    /// <param name="output">Receives what it does.</param>
    /// <param name="errors">Receives why it cannot.</param>
    /// <returns>0; 1 where it failed; 2 for a name that is none.</returns>
    public static async Task<int> RunAsync(
        string[] arguments,
        AzureCli az,
        HookEnvironment environment,
        TimeProvider time,
        TextWriter output,
        TextWriter errors
    )
    {
        var root = arguments.ElementAtOrDefault(1) ?? Directory.GetCurrentDirectory();
        var waiting = new Waiting(time, output);
        try
        {
            switch (arguments.FirstOrDefault())
            {
                case "check":
                    ConfigurationCheck.ThrowIfWrong(root, environment);
                    await output.WriteLineAsync("infra/models.json, infra/settings.json and the variables fit each other.");
                    return 0;
                case "preprovision":
                    ConfigurationCheck.ThrowIfWrong(root, environment);
                    await new Providers(az, waiting, output).RegisterAsync(environment, CancellationToken.None);
                    return 0;
                case "predeploy":
                    await new IdentityRoles(az, waiting, time, output).WaitAsync(environment, CancellationToken.None);
                    return 0;
                case "postdeploy":
                    await new UploadEvents(az, waiting, output).SubscribeAsync(environment, root, CancellationToken.None);
                    return 0;
                default:
                    await errors.WriteLineAsync(
                        "usage: dotnet run --project infra/hooks -- check | preprovision | predeploy | postdeploy [root]"
                    );
                    return Usage;
            }
        }
        catch (HookException error)
        {
            await errors.WriteLineAsync(error.Message);
            return Failed;
        }
    }
}
