using FunctionsEval.Core.Results;

namespace FunctionsEval.Core.Tests.Results;

public sealed class ComparedNumberTests
{
    [Fact]
    public void Number_has_words_units_and_what_its_difference_says()
    {
        var number = ComparedNumber.From(
            new MetricComparison
            {
                Name = "recall[card_arrival]",
                Slice = "all",
                Left = 0.85,
                Right = 0.35,
                Difference = -0.5,
                DifferenceLower = -0.62,
                DifferenceUpper = -0.38,
                PValue = 0.0001,
                Reading = MetricReading.ToLookAt,
                HigherIsBetter = true,
            }
        );

        Assert.Equal(("Recall of card_arrival", "class"), (number.Label, number.Group));
        Assert.Equal(("85.0 %", "35.0 %", "p < 0.001", "clear change"), (number.Left, number.Right, number.PValue, number.Reading));
        Assert.StartsWith("−50", number.Difference, StringComparison.Ordinal);
        Assert.EndsWith("points", number.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Number_that_is_undefined_is_never_0()
    {
        var number = ComparedNumber.From(
            new MetricComparison
            {
                Name = "accuracy",
                Slice = "lang=de",
                Right = 0.5,
                HigherIsBetter = true,
            }
        );

        Assert.Equal(("undefined", null, null), (number.Left, number.Difference, number.PValue));
    }
}
