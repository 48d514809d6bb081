using System.Numerics;
using System.Security.Cryptography;
using FunctionsEval.Core.Buffers;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// Counts n-grams that sequences have in common, one order after the other. An n-gram is the pair of the place of its first n − 1 tokens
/// in a table and its last token, so that equal places mean equal n-grams without any hashing of text. An n-gram whose beginning is not
/// on both sides is not looked for, and one whose beginning is there once on both sides is compared directly.
/// </summary>
internal sealed class NgramMatches
{
    private const int Nowhere = -1;

    // Which pairs meet in the table differs from process to process, so that nobody can write a text whose n-grams collide.
    private static readonly ulong Multiplier = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    private ReusedBuffer<Entry> _table;
    private ReusedBuffer<int> _answerPlaces;
    private ReusedBuffer<int> _referencePlaces;

    /// <summary>How many n-grams of an order a sequence has.</summary>
    public static int CountIn(ReadOnlySpan<int> sequence, int order) => Math.Max(0, sequence.Length - order + 1);

    /// <summary>
    /// Counts the answer's n-grams that are in the references, each at most as often as in the one reference that has it most often.
    /// </summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="answer">Which one is the answer.</param>
    /// <param name="firstReference">Which one is the first reference.</param>
    /// <param name="references">How many references there are, one after the other.</param>
    /// <param name="matches">Receives the count of each order, from 1.</param>
    public void Count(TokenSequences sequences, int answer, int firstReference, int references, Span<long> matches)
    {
        matches.Clear();
        var tokens = sequences[answer];
        var answerPlaces = _answerPlaces.TakeCleared(tokens.Length);
        var start = sequences.StartOf(firstReference);
        var referencePlaces = _referencePlaces.TakeCleared(sequences.StartOf(firstReference + references) - start);
        var left = tokens.Length;
        for (var order = 1; order <= matches.Length && left > 0; order++)
        {
            var bits = BitOperations.Log2((uint)left) + 2;
            var table = _table.TakeCleared(1 << bits);
            Enter(table, 64 - bits, tokens, answerPlaces, order);
            for (var reference = firstReference; reference < firstReference + references; reference++)
            {
                if (reference > firstReference)
                {
                    ForgetReference(table);
                }

                var places = referencePlaces[(sequences.StartOf(reference) - start)..];
                matches[order - 1] += Match(table, 64 - bits, sequences[reference], places, order);
            }

            if (references == 1)
            {
                Extend(table, tokens, sequences[firstReference], answerPlaces, referencePlaces, order, matches);
            }

            left = DropUnmatched(table, answerPlaces[..CountIn(tokens, order)]);
        }
    }

    /// <summary>Enters the answer's n-grams whose beginning is in the references.</summary>
    private static void Enter(Span<Entry> table, int shift, ReadOnlySpan<int> tokens, Span<int> places, int order)
    {
        for (var i = 0; i + order <= tokens.Length; i++)
        {
            if (places[i] == Nowhere)
            {
                continue;
            }

            var key = KeyOf(places[i], tokens[i + order - 1]);
            var place = Find(table, shift, key);
            table[place].Key = key;
            table[place].Own++;
            places[i] = place;
        }
    }

    /// <summary>Counts those that are in a reference more often than in the references before, and as often in the answer.</summary>
    private static long Match(Span<Entry> table, int shift, ReadOnlySpan<int> tokens, Span<int> places, int order)
    {
        long matches = 0;
        for (var i = 0; i + order <= tokens.Length; i++)
        {
            if (places[i] == Nowhere)
            {
                continue;
            }

            var place = Find(table, shift, KeyOf(places[i], tokens[i + order - 1]));
            ref var entry = ref table[place];
            if (entry.Key == 0)
            {
                places[i] = Nowhere;
                continue;
            }

            places[i] = place;
            entry.Theirs++;
            entry.Last = i;
            if (entry.Theirs > entry.Most)
            {
                entry.Most = entry.Theirs;
                matches += entry.Theirs <= entry.Own ? 1 : 0;
            }
        }

        return matches;
    }

    /// <summary>
    /// An n-gram that either side has once goes on for as long as the tokens after it are equal, and is done with.
    /// </summary>
    private static void Extend(
        Span<Entry> table,
        ReadOnlySpan<int> tokens,
        ReadOnlySpan<int> reference,
        Span<int> answerPlaces,
        Span<int> referencePlaces,
        int order,
        Span<long> matches
    )
    {
        for (var i = 0; i + order <= tokens.Length; i++)
        {
            if (answerPlaces[i] == Nowhere || table[answerPlaces[i]] is not { Own: 1, Theirs: 1, Last: var j })
            {
                continue;
            }

            (answerPlaces[i], referencePlaces[j]) = (Nowhere, Nowhere);
            var most = Math.Min(matches.Length, Math.Min(tokens.Length - i, reference.Length - j));
            for (var length = order; length < most && tokens[i + length] == reference[j + length]; length++)
            {
                matches[length]++;
            }
        }
    }

    private static void ForgetReference(Span<Entry> table)
    {
        foreach (ref var entry in table)
        {
            entry.Theirs = 0;
        }
    }

    /// <summary>Gives up the answer's n-grams that are in no reference; says how many are left.</summary>
    private static int DropUnmatched(Span<Entry> table, Span<int> places)
    {
        var left = 0;
        foreach (ref var place in places)
        {
            if (place != Nowhere && table[place].Most == 0)
            {
                place = Nowhere;
            }

            left += place == Nowhere ? 0 : 1;
        }

        return left;
    }

    // Never 0, which marks a free place.
    private static ulong KeyOf(int beginning, int token) => ((ulong)(uint)(beginning + 1) << 32) | (uint)token;

    /// <summary>Where a key stands, or would.</summary>
    private static int Find(Span<Entry> table, int shift, ulong key)
    {
        var place = (int)((key * Multiplier) >> shift);
        while (table[place].Key != key && table[place].Key != 0)
        {
            place = (place + 1) & (table.Length - 1);
        }

        return place;
    }

    /// <summary>An n-gram of the answer.</summary>
    private struct Entry
    {
        public ulong Key;
        public int Own;
        public int Theirs;
        public int Most;

        /// <summary>Where it stands last in the reference.</summary>
        public int Last;
    }
}
