using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Specs are looked for several at once; the oracle is the order in which they apply.</summary>
public sealed class SpecLookupTests : IDisposable
{
    private readonly MemoryStorage _storage = new(TimeProvider.System);

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Of_all_specs_that_are_there_the_first_in_order_is_found()
    {
        string[] candidates = [.. DatasetNames.SpecCandidates("a/b/c/test.jsonl")];
        var datasets = new DatasetStore(_storage.Blobs);
        Assert.Null(await datasets.FindSpecAsync(candidates, TestContext.Current.CancellationToken));

        foreach (var candidate in candidates.Reverse())
        {
            _storage.Write($"datasets/{candidate}", [1, 2]);

            var found = await datasets.FindSpecAsync(candidates, TestContext.Current.CancellationToken);

            Assert.Equal(candidate, found!.Value.Name);
            Assert.Equal([1, 2], found.Value.Content.ToArray());
        }
    }
}
