using FunctionsEval.Core.Metrics.Ter;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Tercom's search, against one that fills whole tables of numbers and tries one shift after the other.</summary>
public sealed class TercomTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(6, 2)]
    [InlineData(15, 4)]
    [InlineData(24, 12)]
    [InlineData(24, 3)]
    public void Edits_are_those_of_the_plain_search(int length, int alphabet)
    {
        var alignment = new TercomAlignment();
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var reference = Words(random, random.Next(length + 1), alphabet);
            List<int> words = [.. random.Next(4) == 0 ? Words(random, random.Next(length + 1), alphabet) : reference];
            if (words.Count > 4)
            {
                var block = words.GetRange(0, 3);
                words.RemoveRange(0, 3);
                words.InsertRange(random.Next(words.Count), block);
                words[random.Next(words.Count)] = random.Next(alphabet);
            }

            Assert.Equal(PlainEdits([.. words], reference), alignment.CountEdits([.. words], reference));
        }
    }

    private static int[] Words(Random random, int length, int alphabet) =>
        [.. Enumerable.Range(0, length).Select(_ => random.Next(alphabet))];

    /// <summary>For texts within the beam, of which no limit is reached but the number of shifts that are tried.</summary>
    private static int PlainEdits(int[] words, int[] reference)
    {
        var (shifts, tried) = (0, 0);
        while (reference.Length > 0)
        {
            var table = Table(words, reference);
            var (positions, wrong, wrongInReference) = Align(table, words, reference);
            List<(int Gain, int Size, int Start, int Target)> candidates = [];
            foreach (var (start, place, size) in Blocks(words, reference))
            {
                if (
                    tried >= 1000
                    || !wrong.AsSpan(start, size).Contains(true)
                    || !wrongInReference.AsSpan(place, size).Contains(true)
                    || (positions[place] >= start && positions[place] < start + size)
                )
                {
                    continue;
                }

                int[] targets = [.. Enumerable.Range(place - 1, size + 1).Select(at => at < 0 ? 0 : positions[at] + 1)];
                foreach (var target in targets.Where((target, index) => index == 0 || target != targets[index - 1]))
                {
                    var gain = table[^1][^1] - Table(Shifted(words, start, size, target), reference)[^1][^1];
                    candidates.Add((gain, size, -start, -target));
                    tried++;
                }
            }

            var best = candidates.DefaultIfEmpty().Max();
            if (tried >= 1000 || best.Gain <= 0)
            {
                break;
            }

            words = Shifted(words, -best.Start, best.Size, -best.Target);
            shifts++;
        }

        return shifts + Table(words, reference)[^1][^1];
    }

    private static IEnumerable<(int Start, int Place, int Size)> Blocks(int[] words, int[] reference) =>
        from start in Enumerable.Range(0, words.Length)
        from place in Enumerable.Range(0, reference.Length)
        from size in Enumerable.Range(1, 10)
        where start + size <= words.Length && place + size <= reference.Length
        where words.AsSpan(start, size).SequenceEqual(reference.AsSpan(place, size))
        select (start, place, size);

    private static int[] Shifted(int[] words, int start, int size, int target)
    {
        List<int> shifted = [.. words];
        shifted.RemoveRange(start, size);
        var at =
            target < start ? target
            : target > start + size ? target - size
            : Math.Min(target, shifted.Count);
        shifted.InsertRange(at, words[start..(start + size)]);
        return [.. shifted];
    }

    private static int[][] Table(int[] words, int[] reference)
    {
        int[][] costs = [.. Enumerable.Range(0, words.Length + 1).Select(_ => new int[reference.Length + 1])];
        for (var i = 0; i <= words.Length; i++)
        {
            for (var j = 0; j <= reference.Length; j++)
            {
                costs[i][j] =
                    i == 0 || j == 0
                        ? i + j
                        : Math.Min(
                            costs[i - 1][j - 1] + (words[i - 1] == reference[j - 1] ? 0 : 1),
                            Math.Min(costs[i - 1][j], costs[i][j - 1]) + 1
                        );
            }
        }

        return costs;
    }

    private static (int[] Positions, bool[] Wrong, bool[] WrongInReference) Align(int[][] costs, int[] words, int[] reference)
    {
        var (positions, wrong, wrongInReference) = (new int[reference.Length], new bool[words.Length], new bool[reference.Length]);
        for (var (i, j) = (words.Length, reference.Length); i > 0 || j > 0; )
        {
            var isDifferent = i > 0 && j > 0 && words[i - 1] != reference[j - 1];
            if (i > 0 && j > 0 && costs[i][j] == costs[i - 1][j - 1] + (isDifferent ? 1 : 0))
            {
                positions[--j] = --i;
                wrong[i] = wrongInReference[j] = isDifferent;
            }
            else if (i > 0 && costs[i][j] == costs[i - 1][j] + 1)
            {
                wrong[--i] = true;
            }
            else
            {
                wrongInReference[--j] = true;
                positions[j] = i - 1;
            }
        }

        return (positions, wrong, wrongInReference);
    }
}
