using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Tests.OptionReading;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["bleu", "rouge", "maxOutputTokens", "topP"];

    [Theory]
    [InlineData("blue", "bleu")]
    [InlineData("Rouge1", "rouge")]
    [InlineData("max_output_tokens", "maxOutputTokens")]
    [InlineData("top-p", "topP")]
    public void Nearest_name_is_found_in_spite_of_case_separators_and_a_third_of_the_letters(string name, string expected) =>
        Assert.Equal(expected, NearestName.Find(name, Names));

    [Theory]
    [InlineData("perplexity")]
    [InlineData("ter")]
    [InlineData("blow")]
    [InlineData("tap")]
    public void Name_that_is_far_from_all_others_has_no_nearest(string name) => Assert.Null(NearestName.Find(name, Names));

    [Theory]
    [InlineData("pass")]
    [InlineData("tags")]
    [InlineData("labelled")]
    public void Field_that_shares_less_than_two_thirds_of_its_letters_with_another_is_told_which_there_are(string name)
    {
        string[] known = ["task", "model", "labels"];

        Assert.Equal("is not a field of a spec. Known here: task, model, labels.", UnknownField.Describe(name, known));
    }

    [Fact]
    public void Long_name_is_compared_with_none_and_shown_in_part()
    {
        var name = new string('x', NearestName.MaxLength + 1);

        Assert.Null(NearestName.Find(name, [name]));
        Assert.Equal($"{name[..NearestName.MaxLength]}…", NearestName.Shown(name));
    }

    [Fact]
    public void Message_lists_the_valid_names_in_order_and_no_more_than_fifty()
    {
        Assert.Equal("'x' is no metric. Valid: bleu, maxOutputTokens, rouge, topP.", NearestName.Unknown("metric", "x", Names));
        Assert.Equal("'x' is no metric; there are none.", NearestName.Unknown("metric", "x", []));
        Assert.EndsWith(
            "zz49 and 10 more.",
            NearestName.Unknown("metric", "x", Enumerable.Range(0, 60).Select(number => $"zz{number:00}")),
            StringComparison.Ordinal
        );
    }
}
