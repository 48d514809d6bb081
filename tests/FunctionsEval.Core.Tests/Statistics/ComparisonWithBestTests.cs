using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Statistics;

public sealed class ComparisonWithBestTests
{
    private const double Error = 0.05;

    /// <summary>
    /// Oracle: a script in Python 3.11 that follows the definition (Hsu 1996, 4.2) by the standard library, with Student's quantile by
    /// Simpson's rule.
    /// </summary>
    public static TheoryData<double, int, double[]> Bounds =>
        new()
        {
            {
                0.80,
                4,
                [
                    -0.02275862029665399,
                    0.022749414905088142,
                    -0.033352256870614966,
                    0.012219635345951442,
                    -0.08312668772936267,
                    0,
                    -0.022749414905088142,
                    0.02275862029665399,
                ]
            },
            {
                0.80,
                6,
                [
                    -0.02536031939610587,
                    0.024917992300351424,
                    -0.0360017405531686,
                    0.01433428337695646,
                    -0.08579205498196281,
                    0,
                    -0.024917992300351424,
                    0.02536031939610587,
                ]
            },
            { 0.90, 4, [0, 0.12274941490508813, -0.1325790318380825, 0, -0.1826150996068021, 0, -0.12274941490508813, 0] },
            { 0.90, 6, [0, 0.12491799230035142, -0.13469367986908753, 0, -0.1847674376202608, 0, -0.12491799230035142, 0] },
        };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void The_intervals_are_those_of_an_independent_implementation(double first, int tried, double[] bounds)
    {
        var places = ComparisonWithBest.Compare(Treatments([first, 0.79, 0.74, 0.80]), range: 1, Error, tried);

        Assert.Equal(bounds, places.SelectMany(place => new[] { place.Lower, place.Upper }), new Near(1e-8));
        Assert.Equal(places.Select(place => place.Upper > 0), places.Select(place => place.MayBeBest));
        Assert.Equal(places.Select(place => place.Lower == 0), places.Select(place => place.IsBest));
    }

    [Fact]
    public void Some_treatment_may_always_be_the_best_and_one_that_is_the_best_is_the_only_one()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new SplitMix64((ulong)seed);
            var values = Enumerable.Range(0, 2 + (seed % 7)).Select(_ => 0.7 + (random.Next() % 1000 * 1e-4)).ToArray();
            var places = ComparisonWithBest.Compare(Treatments(values, seed), range: 1, Error, values.Length + (seed % 3));

            Assert.True(places[Array.IndexOf(values, values.Max())].MayBeBest);
            Assert.Equal(places.Count(place => place.MayBeBest) == 1 ? 1 : 0, places.Count(place => place.IsBest));
            Assert.All(places, place => Assert.True(place.Lower <= 0 && place.Upper >= 0));
            Assert.All(places.Zip(values).Where(pair => pair.First.IsBest), pair => Assert.Equal(values.Max(), pair.Second));
        }
    }

    [Fact]
    public void The_order_of_treatments_does_not_matter()
    {
        var treatments = Treatments([0.80, 0.79, 0.74, 0.80, 0.77]);
        var places = ComparisonWithBest.Compare(treatments, range: 1, Error, tried: 5);
        var reversed = ComparisonWithBest.Compare([.. treatments.Reverse()], range: 1, Error, tried: 5);

        Assert.Equal(places.SelectMany(Numbers), reversed.Reverse().SelectMany(Numbers), new Near(1e-12));
    }

    [Fact]
    public void A_treatment_is_never_distinguishable_from_its_copy()
    {
        var treatments = Treatments([0.95, 0.79, 0.74]);
        var alone = ComparisonWithBest.Compare(treatments, range: 1, Error, tried: 3);
        var twins = ComparisonWithBest.Compare([.. treatments, treatments[0]], range: 1, Error, tried: 4);

        Assert.True(alone[0].IsBest);
        Assert.Equal([false, false, false, false], twins.Select(place => place.IsBest));
        Assert.Equal([true, false, false, true], twins.Select(place => place.MayBeBest));
        Assert.Equal(twins[0], twins[3]);
        Assert.True(twins[0].Lower < 0 && twins[0].Upper > 0);
    }

    [Fact]
    public void A_treatment_whose_value_grows_is_never_excluded_for_it()
    {
        var mayBeBest = Enumerable
            .Range(0, 40)
            .Select(step => ComparisonWithBest.Compare(Treatments([0.70 + (0.005 * step), 0.79, 0.74]), range: 1, Error, tried: 3)[0])
            .ToList();

        Assert.Equal(mayBeBest.Select(place => place.MayBeBest).Order(), mayBeBest.Select(place => place.MayBeBest));
        Assert.Equal(mayBeBest.Select(place => place.IsBest).Order(), mayBeBest.Select(place => place.IsBest));
        Assert.False(mayBeBest[0].MayBeBest);
        Assert.True(mayBeBest[^1].IsBest);
    }

    [Fact]
    public void Replicates_that_do_not_vary_leave_what_few_samples_cannot_exclude()
    {
        ReplicatedEstimate[] few = [Constant(0.9, 50), Constant(0.88, 50)];
        ReplicatedEstimate[] many = [Constant(0.9, 5000), Constant(0.88, 5000)];

        Assert.True(ComparisonWithBest.Compare(few, range: 1, Error, tried: 2)[1].MayBeBest);
        Assert.False(ComparisonWithBest.Compare(many, range: 1, Error, tried: 2)[1].MayBeBest);

        var unbounded = ComparisonWithBest.Compare(many, range: double.PositiveInfinity, Error, tried: 2);
        Assert.All(unbounded, place => Assert.True(place.MayBeBest && double.IsInfinity(place.Upper) && double.IsInfinity(place.Lower)));
    }

    [Fact]
    public void No_bound_lies_beyond_what_the_numbers_can_be()
    {
        var places = ComparisonWithBest.Compare(Treatments([0.1, 0.15], scale: 5), range: 1, Error, tried: 2);

        Assert.Equal([-1.0, 1, -1, 1], places.SelectMany(Numbers));
    }

    private static IEnumerable<double> Numbers(BesideBest place) => [place.Lower, place.Upper];

    private static ReplicatedEstimate Constant(double value, double samples) =>
        new(value, [.. Enumerable.Repeat(value, 400)], Spread.OfMean(samples), samples);

    private static ReplicatedEstimate[] Treatments(double[] values, long seed = 777, double scale = 0.03) =>
        [
            .. values
                .Zip(ReplicatedData.Create(seed, values, 400, scale: scale))
                .Select(pair => new ReplicatedEstimate(pair.First, pair.Second, Spread.OfMean(200), 200)),
        ];

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double obj) => 0;
    }
}
