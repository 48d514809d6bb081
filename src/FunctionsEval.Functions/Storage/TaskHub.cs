using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The app's task hub. Its name distinguishes two apps on one storage account: Durable Functions' queues and tables begin with it, and
/// unless it is the one of <c>host.json</c>, so do the app's own containers, tables and queue.
/// </summary>
internal sealed partial class TaskHub
{
    /// <summary>The host's own way of overriding <c>host.json</c>.</summary>
    public const string Setting = "AzureFunctionsJobHost__extensions__durableTask__hubName";

    public const string Default = "FunctionsEval";

    private readonly string? _name;

    private TaskHub(string? name) => _name = name;

    /// <exception cref="InvalidOperationException">The name cannot be part of the names of containers and tables.</exception>
    public static TaskHub From(IConfiguration configuration)
    {
        var name = configuration["AzureFunctionsJobHost:extensions:durableTask:hubName"];
        if (string.IsNullOrEmpty(name) || name == Default)
        {
            return new TaskHub(null);
        }

        return Name().IsMatch(name)
            ? new TaskHub(name)
            : throw new InvalidOperationException(
                $"{Setting}: write 3 to 40 letters and digits that begin with a letter. The names of containers and tables begin with it."
            );
    }

    /// <summary>Durable Functions' queues of activities and of orchestrations, of which there are <c>partitionCount</c>.</summary>
    public bool IsQueueOfDurable(string queue) =>
        queue.StartsWith(QueuePrefix, StringComparison.Ordinal)
        && queue[QueuePrefix.Length..] is var rest
        && (rest == "workitems" || rest.StartsWith("control-", StringComparison.Ordinal));

    /// <summary>What their names begin with.</summary>
    public string QueuePrefix => $"{(_name ?? Default).ToLowerInvariant()}-";

    /// <summary>The container, or queue, that the app calls by a name.</summary>
    public string ContainerOf(string name) => _name is null ? name : $"{_name.ToLowerInvariant()}-{name}";

    /// <summary>The table that the app calls by a name.</summary>
    public string TableOf(string name) => _name + name;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9]{2,39}\z")]
    private static partial Regex Name();
}
