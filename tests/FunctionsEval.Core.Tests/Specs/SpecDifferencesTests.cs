using System.Text;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

public sealed class SpecDifferencesTests
{
    [Fact]
    public void Fields_of_sections_are_told_by_their_path_and_lists_as_a_whole()
    {
        var differences = Find(
            """{ "model": "a", "prompt": { "system": "Say one word.", "user": "{{ input }}" }, "labels": ["x", "y"], "seed": 1 }""",
            """{ "model": "a", "prompt": { "system": "Say two words.", "user": "{{ input }}" }, "labels": ["x"], "baseline": "b", "trainingFile": null }"""
        );

        Assert.Equal(["prompt.system", "labels", "seed", "baseline"], differences.Select(difference => difference.Field));
        Assert.Equal(("Say one word.", "Say two words."), (differences[0].Left, differences[0].Right));
        Assert.Equal((null, "b"), (differences[3].Left, differences[3].Right));
    }

    [Fact]
    public void Equal_specs_have_none_and_a_missing_one_lacks_every_field()
    {
        Assert.Empty(Find("""{ "a": { "b": 1 } }""", """{ "a": { "b": 1 } }"""));
        Assert.Equal(
            new SpecDifference("a.b", "1", null),
            Assert.Single(SpecDifferences.Find("""{ "a": { "b": 1 } }"""u8.ToArray(), null))
        );
    }

    private static IReadOnlyList<SpecDifference> Find(string left, string right) =>
        SpecDifferences.Find(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
