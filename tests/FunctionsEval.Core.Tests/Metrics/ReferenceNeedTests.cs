using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>docs/metrics.md says which metrics need no reference.</summary>
public sealed partial class ReferenceNeedTests
{
    [Fact]
    public void Metrics_without_a_reference_are_those_of_the_documentation()
    {
        var text = Repository
            .Read("docs", "metrics.md")
            .Split('\n')
            .Single(line => line.StartsWith("- **No reference.**", StringComparison.Ordinal));
        var documented = Name().Matches(text.Split(": ")[1].Split(". ")[0]).Select(match => match.Groups[1].Value);
        var free = MetricCatalog.Names.Where(name =>
            MetricCatalog.ThatNeedReference(GenerationTask.Instance, [new MetricSpec { Name = name }]).Count == 0
        );
        // Whether these need one depends on their options.
        Assert.Equal(
            free.Concat(["judge", "pairwise", "pass_at_k"]).Order(StringComparer.Ordinal),
            documented.Except(["reference", "references", "right"]).Order(StringComparer.Ordinal)
        );
    }

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();
}
