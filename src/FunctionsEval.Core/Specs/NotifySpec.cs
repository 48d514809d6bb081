namespace FunctionsEval.Core.Specs;

/// <summary>Who hears of a run's end.</summary>
public sealed record NotifySpec
{
    /// <summary>Name of a webhook in the app settings (<c>Notifications__Webhooks__{name}__…</c>); null for none.</summary>
    public string? Webhook { get; init; }

    /// <summary>Whether a message is put into the app's queue. Default false.</summary>
    public bool Queue { get; init; }
}
