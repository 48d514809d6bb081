namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>Types of resources that several rules look at.</summary>
internal static class ResourceTypes
{
    public const string StorageAccount = "Microsoft.Storage/storageAccounts";
    public const string OpenAiAccount = "Microsoft.CognitiveServices/accounts";
    public const string Scheduler = "Microsoft.DurableTask/schedulers";
    public const string Insights = "Microsoft.Insights/components";
}
