using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Faults;
using FunctionsEval.EndToEnd.Tests.FineTuning;
using FunctionsEval.EndToEnd.Tests.Groups;
using FunctionsEval.EndToEnd.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>Starts the classes that take a minute or more before the others: one that begins last would end alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] Long =
    [
        typeof(BrokenAnswerTests),
        typeof(RefusedRequestTests),
        typeof(RefusedAfterCommitTests),
        typeof(DeployedCrashTests),
        typeof(WalkTests),
        typeof(FaultTests),
        typeof(StoredBaselineTests),
        typeof(CrashTests),
        typeof(GroupCrashTests),
        typeof(OutageTests),
        typeof(ManyShardsTests),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(Place)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(
            Long,
            type => collection.TestCollectionDisplayName.Contains($"{type.FullName} ", StringComparison.Ordinal)
        );
        return place < 0 ? Long.Length : place;
    }
}
