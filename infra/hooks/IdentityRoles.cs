using System.Globalization;

namespace FunctionsEval.Hooks;

/// <summary>
/// Waits, before the app is published, until the roles of its identity on storage are some minutes old: the package is stored with this
/// identity, and is refused with 403 until the roles apply. Nothing tells when they do.
/// </summary>
internal sealed class IdentityRoles(AzureCli az, Waiting waiting, TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(3);

    /// <summary>Waits for roles that were given a moment ago. Those of an earlier deployment are not waited for.</summary>
    /// <exception cref="HookException">There are none, so that the app could neither be published nor start.</exception>
    public async Task WaitAsync(HookEnvironment environment, CancellationToken cancellationToken)
    {
        var account = environment.Get("STORAGE_ACCOUNT_NAME");
        var listed = await az.RunAsync(
            [
                "role",
                "assignment",
                "list",
                "--assignee",
                environment.Get("IDENTITY_PRINCIPAL_ID"),
                "--scope",
                $"/subscriptions/{environment.Get("AZURE_SUBSCRIPTION_ID")}/resourceGroups/{environment.Get("AZURE_RESOURCE_GROUP")}"
                    + $"/providers/Microsoft.Storage/storageAccounts/{account}",
                "--include-inherited",
                "--query",
                "[].createdOn",
                "--output",
                "tsv",
            ],
            cancellationToken
        );
        if (!listed.IsSuccess)
        {
            await output.WriteLineAsync(
                $"The roles of the app's identity could not be listed, so they are not waited for: {listed.FirstError}"
            );
            return;
        }

        var given = listed
            .Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))
            .ToList();
        if (given.Count == 0)
        {
            throw new HookException(
                $"The app's identity has no role on the storage account {account}, so that the app can neither be published nor start. "
                    + "Have somebody run the commands that `azd env get-value ROLES_TO_ASSIGN` prints, then run `azd deploy`."
            );
        }

        var last = given.Max();
        await waiting.UntilAsync(
            "Waiting until the new roles of the app's identity apply, without which its package is refused (403).",
            Settled,
            () =>
            {
                var age = time.GetUtcNow() - last;
                return Task.FromResult(new CliResult(age < Settled ? 1 : 0, "", $"given {age:m\\:ss} ago"));
            },
            _ => false,
            cancellationToken
        );
    }
}
