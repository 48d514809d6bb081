using FunctionsEval.Core.Metrics.Rouge;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>The fast ways through tables of two texts, against the table as the textbook fills it.</summary>
public sealed class LongTextTests
{
    /// <summary>Lengths around the 64 columns of a word, and one that is walked through in several strips.</summary>
    public static readonly TheoryData<int, int, int> Lengths = new()
    {
        { 0, 5, 2 },
        { 5, 0, 2 },
        { 1, 1, 1 },
        { 7, 9, 3 },
        { 63, 64, 2 },
        { 64, 65, 4 },
        { 65, 63, 40 },
        { 128, 129, 2 },
        { 200, 300, 6 },
        { 300, 200, 1 },
    };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Edit_distance_is_that_of_the_full_table(int first, int second, int alphabet)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var (one, other) = (Sequence(random, first, alphabet), Sequence(random, second, alphabet));

            Assert.Equal(FullEditDistance(one, other), EditDistance.Between(one, other));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Common_subsequence_and_its_marks_are_those_of_the_full_table(int first, int second, int alphabet)
    {
        var common = new LongestCommonSubsequence(alphabet + 1);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var (target, prediction) = (Sequence(random, first, alphabet), Sequence(random, second, alphabet));
            common.SetPrediction(prediction);
            var marks = new bool[first];
            common.Mark(target, marks);
            var (length, expected) = FullCommonSubsequence(target, prediction);

            Assert.Equal(length, common.LengthOf(target));
            Assert.Equal(expected, marks);
        }
    }

    /// <summary>20,000 × 20,000 tokens: the rows of the whole table take 50 MB, a table of numbers 1.6 GB.</summary>
    [Fact]
    public void Long_texts_are_marked_in_little_memory()
    {
        var random = new Random(1);
        var target = Sequence(random, 20_000, 500);
        int[] prediction = [.. target.Where((_, index) => index % 3 != 0)];
        var common = new LongestCommonSubsequence(501);
        var marks = new bool[target.Length];
        var before = GC.GetAllocatedBytesForCurrentThread();
        common.SetPrediction(prediction);
        common.Mark(target, marks);

        Assert.Equal(prediction.Length, marks.Count(mark => mark));
        Assert.Equal(prediction.Length, common.LengthOf(target));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 120_000_000);
    }

    /// <summary>A target of several strips, of which the way back leaves the prediction in the last one.</summary>
    [Theory]
    [InlineData(40_000, 1)]
    [InlineData(6_000, 700)]
    public void A_long_target_that_ends_like_the_prediction_is_marked_at_its_end(int length, int predicted)
    {
        int[] target = [.. Enumerable.Range(0, length)];
        var common = new LongestCommonSubsequence(length);
        var marks = new bool[length];
        common.SetPrediction(target.AsSpan(length - predicted));
        common.Mark(target, marks);

        Assert.Equal(target.Select(token => token >= length - predicted), marks);
    }

    /// <summary>A random sequence of which a part is copied, so that long ones have much in common.</summary>
    private static int[] Sequence(Random random, int length, int alphabet)
    {
        var sequence = new int[length];
        for (var i = 0; i < length; i++)
        {
            sequence[i] = i > 10 && random.Next(3) > 0 ? sequence[i - random.Next(1, 10)] : random.Next(alphabet + 1);
        }

        return sequence;
    }

    private static int FullEditDistance(int[] first, int[] second)
    {
        var costs = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                costs[i, j] =
                    i == 0 || j == 0
                        ? i + j
                        : Math.Min(
                            costs[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1),
                            Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1
                        );
            }
        }

        return costs[first.Length, second.Length];
    }

    /// <summary>Length and marks by rouge_score's way back through the table of lengths.</summary>
    private static (int Length, bool[] Marks) FullCommonSubsequence(int[] target, int[] prediction)
    {
        var lengths = new int[target.Length + 1, prediction.Length + 1];
        for (var i = 1; i <= target.Length; i++)
        {
            for (var j = 1; j <= prediction.Length; j++)
            {
                lengths[i, j] =
                    target[i - 1] == prediction[j - 1] ? lengths[i - 1, j - 1] + 1 : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
            }
        }

        var marks = new bool[target.Length];
        for (var (i, j) = (target.Length, prediction.Length); i > 0 && j > 0; )
        {
            if (target[i - 1] == prediction[j - 1])
            {
                marks[--i] = true;
                j--;
            }
            else if (lengths[i, j - 1] > lengths[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }

        return (lengths[target.Length, prediction.Length], marks);
    }
}
