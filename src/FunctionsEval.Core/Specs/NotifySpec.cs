using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs;

/// <summary>Who is notified of a run's end.</summary>
public sealed record NotifySpec
{
    /// <summary>
    /// Name of a webhook in the app settings (<c>Notifications__Webhooks__{name}__…</c>) that is called when a run ends; null for none.
    /// See <see href="notifications.md">notifications.md</see>.
    /// </summary>
    [TextField]
    [Example("ci")]
    public string? Webhook { get; init; }

    /// <summary>Whether a message is put into the app's queue when a run ends. Default false.</summary>
    [FlagField]
    [Example(true)]
    public bool Queue { get; init; }
}
