using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>What is read of <c>summary.json</c> where only the verdict matters.</summary>
internal sealed record SummaryVerdict(Verdict? Verdict)
{
    /// <summary>The verdict of a summary; null when it has none.</summary>
    public static Verdict? Read(BinaryData summary) => JsonSerializer.Deserialize<SummaryVerdict>(summary, RunJson.Options)?.Verdict;
}
