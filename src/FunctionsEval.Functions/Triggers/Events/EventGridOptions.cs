using System.ComponentModel.DataAnnotations;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>Events of Event Grid that come through a queue, for an app that Event Grid cannot call.</summary>
internal sealed class EventGridOptions
{
    public const string Section = "EventGrid";

    /// <summary>
    /// Name of the queue in the app's storage account that Event Grid delivers to. Without one the app reads no such queue, and events come
    /// to the webhook `/api/webhooks/eventgrid`.
    /// </summary>
    [RegularExpression(@"\A[a-z0-9](?:-?[a-z0-9]){2,55}\z")]
    public string? Queue { get; set; }
}
