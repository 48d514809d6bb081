using System.Diagnostics;
using System.Text.Json;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Azurite;

/// <summary>Notes beside the data which Azurite works on it, so that a host finds the one that a killed host left.</summary>
internal static class AzuriteIdentity
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Notes a process.</summary>
    public static void Write(string dataDirectory, Process process) =>
        File.WriteAllText(IdentityFileOf(dataDirectory), JsonSerializer.Serialize(ProcessIdentity.From(process)));

    /// <summary>The Azurite of a killed host saves its data before it ends; two at once on the same data would destroy it.</summary>
    public static async Task EndPredecessorAsync(string dataDirectory, ILogger logger, CancellationToken cancellationToken)
    {
        var file = IdentityFileOf(dataDirectory);
        if (!File.Exists(file))
        {
            return;
        }

        using var predecessor = ReadIdentity(file)?.Find();
        if (predecessor is not null)
        {
            logger.LogInformation("Waiting for the Azurite of an earlier host (process {Pid}) to end.", predecessor.Id);
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Patience);
            try
            {
                await predecessor.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                predecessor.Kill();
                await predecessor.WaitForExitAsync(cancellationToken);
            }
        }
        File.Delete(file);
    }

    private static ProcessIdentity? ReadIdentity(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ProcessIdentity>(File.ReadAllText(file));
        }
        catch (JsonException)
        {
            return null; // The host was killed while it wrote the file, before Azurite had touched its data.
        }
    }

    private static string IdentityFileOf(string dataDirectory) => Path.Combine(dataDirectory, "process.json");
}
