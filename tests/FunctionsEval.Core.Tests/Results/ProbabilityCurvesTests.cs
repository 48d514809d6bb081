using FunctionsEval.Core.Results;

namespace FunctionsEval.Core.Tests.Results;

public sealed class ProbabilityCurvesTests
{
    /// <summary>The example of scikit-learn's documentation of roc_auc_score and average_precision_score.</summary>
    [Fact]
    public void Areas_are_those_of_scikit_learn()
    {
        var curve = Draw((0.1, false), (0.4, false), (0.35, true), (0.8, true))!;

        Assert.Equal(0.75, curve.RocAuc, 12);
        Assert.Equal(0.8333333333333333, curve.AveragePrecision, 12);
        Assert.Equal([0.8, 0.4, 0.35, 0.1], curve.Points.Select(point => point.Threshold));
        Assert.Equal([0.5, 0.5, 1, 1], curve.Points.Select(point => point.TruePositiveRate));
        Assert.Equal([0, 0.5, 0.5, 1], curve.Points.Select(point => point.FalsePositiveRate));
    }

    [Fact]
    public void Equal_probabilities_are_one_point_and_count_half()
    {
        var curve = Draw((0.5, true), (0.5, false))!;

        Assert.Equal(0.5, curve.RocAuc);
        Assert.Equal(new ProbabilityPoint(0.5, 1, 1, 0.5), Assert.Single(curve.Points));
    }

    [Fact]
    public void Samples_of_one_kind_have_no_curve() => Assert.Null(Draw((0.5, true), (0.7, true)));

    [Fact]
    public void Long_curve_keeps_its_ends_and_no_more_points_than_are_drawn()
    {
        var curve = Draw([.. Enumerable.Range(0, 5000).Select(place => (place / 5000.0, place % 3 == 0))])!;

        Assert.Equal(ProbabilityCurveBuilder.MaxPoints, curve.Points.Count);
        Assert.Equal((0.9998, 0), (curve.Points[0].Threshold, curve.Points[^1].Threshold));
    }

    private static ProbabilityCurve? Draw(params (double Probability, bool IsPositive)[] samples)
    {
        var builder = new ProbabilityCurveBuilder();
        foreach (var (probability, isPositive) in samples)
        {
            builder.Add(probability, isPositive);
        }

        return builder.Finish("candidate");
    }
}
