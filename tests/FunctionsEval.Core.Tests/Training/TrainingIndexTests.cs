using System.Globalization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Core.Tests.Training;

public sealed class TrainingIndexTests
{
    private const string Row = "The invoice of last month lists the same item twice, please correct it.";

    [Theory]
    [InlineData(Row, Leak.Exact)]
    [InlineData("the INVOICE of last month\tlists the same item twice -- please correct it", Leak.Exact)]
    [InlineData("The invoice of last month lists the same item twice, please correct it now.", Leak.Ngrams)] // 6 of 7 8-grams
    [InlineData("Hello there: the invoice of last month lists the same item twice, please correct it.", Leak.Ngrams)] // 6 of 8
    [InlineData("Oh hello there again: the invoice of last month lists the same item twice, please correct it.", Leak.None)] // 6 of 10
    [InlineData("The invoice of last month", Leak.None)] // all of it occurs, but there is no 8-gram
    [InlineData("Something else altogether that nobody has ever written down before today.", Leak.None)]
    public void Find_by_words_or_by_most_of_the_ngrams(string input, Leak expected)
    {
        var index = TrainingIndex.Create(bytes: 1000);
        index.Add(Sample(Row));
        Assert.Equal(expected, index.Find(Sample(input)));
        Assert.Equal(expected, TrainingIndex.Read(index.Write()).Find(Sample(input)));
    }

    [Theory]
    [InlineData("請求書の金額が先月と違います", "請求書の金額が先月と違います。", Leak.Exact)]
    [InlineData("請求書の金額が先月と違います", "もし請求書の金額が先月と違います", Leak.Ngrams)]
    [InlineData("!!!", " !!! ", Leak.Exact)]
    [InlineData("!!!", "???", Leak.None)]
    public void Scripts_without_spaces_and_texts_without_words_are_compared_too(string row, string input, Leak expected)
    {
        var index = TrainingIndex.Create(bytes: 1000);
        index.Add(Sample(row));
        Assert.Equal(expected, index.Find(Sample(input)));
    }

    [Fact]
    public void Ngrams_that_do_not_occur_are_rarely_taken_for_ones_that_do()
    {
        var random = new Random(7);
        var rows = Enumerable.Range(0, 5000).Select(_ => Text()).ToList();
        var index = TrainingIndex.Create(rows.Sum(row => row.Length));
        rows.ForEach(row => index.Add(Sample(row)));

        Assert.All(rows, row => Assert.Equal(Leak.Exact, index.Find(Sample(row))));
        // A sample of just eight words has one n-gram, so each false hit shows.
        Assert.InRange(Enumerable.Range(0, 20_000).Count(_ => index.Find(Sample(Text(8))) != Leak.None), 0, 20);

        string Text(int words = 30) =>
            string.Join(' ', Enumerable.Range(0, words).Select(_ => random.Next(100_000).ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Read_of_other_bytes_throws() => Assert.Throws<InvalidDataException>(() => TrainingIndex.Read(new byte[100]));

    [Fact]
    public void FewShotSelection_is_decided_by_seed_and_ids_and_not_by_order()
    {
        var rows = Enumerable.Range(0, 100).Select(number => Sample("x", number.ToString(CultureInfo.InvariantCulture))).ToList();
        var first = Choose(rows, seed: 1);
        Assert.Equal(4, first.Count);
        Assert.Equal(first, Choose(Enumerable.Reverse(rows), seed: 1));
        Assert.NotEqual(first, Choose(rows, seed: 2));

        static List<string> Choose(IEnumerable<Sample> rows, long seed)
        {
            var selection = new FewShotSelection(4, seed);
            foreach (var row in rows)
            {
                selection.Add(row);
            }

            return [.. selection.Chosen.Select(row => row.Id)];
        }
    }

    private static Sample Sample(string input, string id = "1") =>
        new()
        {
            Id = id,
            Offset = 0,
            Input = input,
            References = ["r"],
        };
}
