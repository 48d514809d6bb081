namespace FunctionsEval.Hooks;

/// <summary>
/// Registers the resource providers that the templates use. Azure registers those of a template's resources itself, but not
/// <c>Microsoft.App</c>, which only a delegated subnet names, and <c>Microsoft.EventGrid</c> not before the app is published.
/// </summary>
internal sealed class Providers(AzureCli az, Waiting waiting, TextWriter output)
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(10);

    /// <summary>The providers of a deployment, by the variables that decide what it makes.</summary>
    public static IReadOnlyList<string> Needed(HookEnvironment environment) =>
        [
            "Microsoft.EventGrid",
            "Microsoft.Insights",
            "Microsoft.ManagedIdentity",
            "Microsoft.OperationalInsights",
            "Microsoft.Storage",
            "Microsoft.Web",
            .. environment.IsPrivate ? ["Microsoft.App", "Microsoft.Network"] : Array.Empty<string>(),
            .. environment.Find("DURABLE_TASK_SCHEDULER") is null ? Array.Empty<string>() : ["Microsoft.DurableTask"],
            .. environment.IsTrue("CREATE_OPENAI") ? ["Microsoft.CognitiveServices"] : Array.Empty<string>(),
        ];

    /// <summary>Registers what is not registered, and waits for it.</summary>
    /// <exception cref="HookException">A provider is not registered, and cannot be.</exception>
    public async Task RegisterAsync(HookEnvironment environment, CancellationToken cancellationToken)
    {
        if (environment.Find("AZURE_SUBSCRIPTION_ID") is not { } subscription)
        {
            await output.WriteLineAsync(
                "AZURE_SUBSCRIPTION_ID is not set yet, so the resource providers are not looked at. "
                    + "`azd env new NAME --subscription ID --location REGION` sets it before the first `azd provision`."
            );
            return;
        }

        var missing = await FindMissingAsync(environment, subscription, cancellationToken);
        foreach (var name in missing)
        {
            await output.WriteLineAsync($"Registering the resource provider {name} in subscription {subscription}.");
            var registered = await az.RunAsync(
                ["provider", "register", "--namespace", name, "--subscription", subscription, "--output", "none"],
                cancellationToken
            );
            if (!registered.IsSuccess)
            {
                throw new HookException(
                    $"The resource provider {name} is not registered in subscription {subscription}, and you could not register it:\n"
                        + $"{registered.Error.Trim()}\nAsk an owner of the subscription to run: "
                        + $"az provider register --subscription {subscription} --namespace {name}"
                );
            }
        }

        if (missing.Count > 0)
        {
            await WaitAsync(environment, subscription, cancellationToken);
        }
    }

    private async Task WaitAsync(HookEnvironment environment, string subscription, CancellationToken cancellationToken)
    {
        var result = await waiting.UntilAsync(
            "Waiting until the resource providers are registered; Azure takes some minutes.",
            AtMost,
            async () =>
            {
                var missing = await FindMissingAsync(environment, subscription, cancellationToken);
                return new CliResult(missing.Count, "", $"not registered yet: {string.Join(", ", missing)}");
            },
            _ => false,
            cancellationToken
        );
        if (!result.IsSuccess)
        {
            throw new HookException(
                $"After {AtMost.TotalMinutes:0} minutes Azure has {result.FirstError}. Look at them with "
                    + $"`az provider list --subscription {subscription} --output table`, then run the command again."
            );
        }
    }

    private async Task<IReadOnlyList<string>> FindMissingAsync(
        HookEnvironment environment,
        string subscription,
        CancellationToken cancellationToken
    )
    {
        var listed = await az.RunAsync(
            [
                "provider",
                "list",
                "--subscription",
                subscription,
                "--query",
                "[?registrationState=='Registered'].namespace",
                "--output",
                "tsv",
            ],
            cancellationToken
        );
        if (!listed.IsSuccess)
        {
            throw new HookException($"The resource providers of subscription {subscription} could not be listed:\n{listed.Error.Trim()}");
        }

        return [.. Needed(environment).Except(listed.Output.Split('\n', StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase)];
    }
}
