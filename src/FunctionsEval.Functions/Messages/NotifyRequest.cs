namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>NotifyWebhook</c> and <c>NotifyQueue</c>.</summary>
/// <param name="RunId">The run, or the suite run.</param>
/// <param name="Webhook">The webhook's name; empty for the queue.</param>
/// <param name="Resumption">Which of the run's ends the notification is about; null, in histories of earlier versions, for the
/// latest.</param>
internal sealed record NotifyRequest(string RunId, string Webhook, int? Resumption = null)
{
    /// <summary>Whether <see cref="RunId"/> is a suite run's id.</summary>
    public bool IsSuite { get; init; }
}
