using System.Numerics;
using System.Runtime.CompilerServices;

namespace FunctionsEval.Core.Buffers;

/// <summary>
/// Memory for one piece of work after the other, of one thread. Up to <see cref="MaxKept"/> elements are kept for the next one; more are
/// left to the garbage collector, so that one huge text does not occupy a thread's memory for ever.
/// </summary>
internal struct ReusedBuffer<T>
    where T : struct
{
    /// <summary>Elements that are kept at most.</summary>
    public const int MaxKept = 1 << 16;

    private const int MinLength = 64;

    private T[]? _kept;

    /// <summary>Elements of any value. What was taken before must no longer be in use.</summary>
    /// <param name="length">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Take(int length) => _kept is { } kept && length <= kept.Length ? kept.AsSpan(0, length) : Grow(length);

    /// <summary>Elements that are all 0.</summary>
    /// <param name="length">How many.</param>
    public Span<T> TakeCleared(int length)
    {
        var taken = Take(length);
        taken.Clear();
        return taken;
    }

    private Span<T> Grow(int length)
    {
        if (length > MaxKept)
        {
            return new T[length];
        }

        _kept = new T[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, MinLength))];
        return _kept.AsSpan(0, length);
    }
}
