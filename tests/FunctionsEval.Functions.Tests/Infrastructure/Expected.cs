namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>What a deployment was asked for, as far as rules depend on it.</summary>
/// <param name="HasOpenAi">There is an Azure OpenAI account.</param>
/// <param name="HasUploader">Somebody may upload.</param>
/// <param name="IsPrivate">Storage is reached from a network only.</param>
/// <param name="IsClosed">So is the app.</param>
/// <param name="AssignsRoles">Roles are given.</param>
/// <param name="HasScheduler">A Durable Task Scheduler is the engine of orchestrations.</param>
internal sealed record Expected(
    bool HasOpenAi = false,
    bool HasUploader = false,
    bool IsPrivate = false,
    bool IsClosed = false,
    bool AssignsRoles = true,
    bool HasScheduler = false
);
