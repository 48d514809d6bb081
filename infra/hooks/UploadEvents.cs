namespace FunctionsEval.Hooks;

/// <summary>
/// Has uploads delivered to the app that was published (<c>infra/events.bicep</c>), and waits until the person who deploys may upload.
/// </summary>
internal sealed class UploadEvents(AzureCli az, Waiting waiting, TextWriter output)
{
    private static readonly TimeSpan AppAtMost = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan RoleAtMost = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What failures say that no waiting mends: rights of whoever deploys, policies, a wrong template or name. Not those of the topic's
    /// identity, whose roles are as new as itself.
    /// </summary>
    private static readonly string[] FinalErrors =
    [
        "does not have authorization to perform action",
        "RequestDisallowedByPolicy",
        "MissingSubscriptionRegistration",
        "ResourceGroupNotFound",
        "SubscriptionNotFound",
        "InvalidTemplate",
        "az login",
    ];

    /// <summary>Parameters of the template that have a default, and the variables that set them.</summary>
    private static readonly (string Name, string Variable)[] Optional =
    [
        ("uploadQueue", "UPLOAD_QUEUE"),
        ("assignRoles", "ASSIGN_ROLES"),
        ("alertActionGroupId", "ALERT_ACTION_GROUP_ID"),
        ("existingTopicName", "EXISTING_TOPIC_NAME"),
    ];

    /// <summary>Subscribes the app.</summary>
    /// <exception cref="HookException">It could not be subscribed.</exception>
    public async Task SubscribeAsync(HookEnvironment environment, string root, CancellationToken cancellationToken)
    {
        string[] command =
        [
            "deployment",
            "group",
            "create",
            "--subscription",
            environment.Get("AZURE_SUBSCRIPTION_ID"),
            "--resource-group",
            environment.Get("AZURE_RESOURCE_GROUP"),
            "--name",
            "dataset-events",
            "--template-file",
            Path.Combine(root, "infra", "events.bicep"),
            "--output",
            "none",
            "--parameters",
            $"functionAppName={environment.Get("FUNCTION_APP_NAME")}",
            $"storageAccountName={environment.Get("STORAGE_ACCOUNT_NAME")}",
            $"datasetsContainer={environment.Get("DATASETS_CONTAINER")}",
            .. Optional
                .Where(parameter => environment.Find(parameter.Variable) is not null)
                .Select(parameter => $"{parameter.Name}={environment.Find(parameter.Variable)}"),
        ];
        var result = await waiting.UntilAsync(
            "Waiting until the app answers Event Grid. The roles of new identities take up to 10 minutes to apply; until then the app cannot "
                + "read its storage and does not start.",
            AppAtMost,
            () => az.RunAsync(command, cancellationToken),
            failed => FinalErrors.Any(text => failed.Error.Contains(text, StringComparison.Ordinal)),
            cancellationToken
        );
        if (!result.IsSuccess)
        {
            throw new HookException(
                $"Event Grid does not deliver uploads to {environment.Get("FUNCTION_APP_NAME")}. The last error:\n{result.Error.Trim()}\n"
                    + "Mend its cause, then run `azd hooks run postdeploy`; nothing else needs to be repeated. "
                    + "Where others give roles (ASSIGN_ROLES), infra/README.md has the steps."
            );
        }

        await output.WriteLineAsync($"Uploads to {environment.Get("DATASETS_CONTAINER")} are delivered to the app.");
        await WaitForUploaderAsync(environment, cancellationToken);
    }

    /// <summary>
    /// Waits until the role of the person who deploys applies. The deployment is complete without it, so that it only warns; from outside of
    /// a private network nothing can be seen.
    /// </summary>
    private async Task WaitForUploaderAsync(HookEnvironment environment, CancellationToken cancellationToken)
    {
        var assignsRoles = environment.Find("ASSIGN_ROLES") is null || environment.IsTrue("ASSIGN_ROLES");
        if (environment.Find("UPLOADER_PRINCIPAL_ID") is null || environment.IsPrivate || !assignsRoles)
        {
            return;
        }

        var account = environment.Get("STORAGE_ACCOUNT_NAME");
        var container = environment.Get("DATASETS_CONTAINER");
        var result = await waiting.UntilAsync(
            $"Waiting until you may upload: your new role on the container {container} takes some minutes to apply.",
            RoleAtMost,
            () =>
                az.RunAsync(
                    [
                        "storage",
                        "blob",
                        "list",
                        "--auth-mode",
                        "login",
                        "--account-name",
                        account,
                        "--container-name",
                        container,
                        "--num-results",
                        "1",
                        "--output",
                        "none",
                    ],
                    cancellationToken
                ),
            _ => false,
            cancellationToken
        );
        if (!result.IsSuccess)
        {
            await output.WriteLineAsync(
                $"The app is deployed, but you may not upload to {container} yet. Try again in some minutes. The last error: {result.FirstError}"
            );
        }
    }
}
