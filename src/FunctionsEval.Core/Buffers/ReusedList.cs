using System.Runtime.CompilerServices;

namespace FunctionsEval.Core.Buffers;

/// <summary>A list that is filled again for one piece of work after the other, with the bound of <see cref="ReusedBuffer{T}"/>.</summary>
internal struct ReusedList<T>
    where T : struct
{
    private const int MinLength = 64;

    private T[]? _items;

    /// <summary>How many elements there are.</summary>
    public int Count { get; private set; }

    /// <summary>The elements, until the next one is added.</summary>
    public readonly Span<T> Items => _items.AsSpan(0, Count);

    /// <summary>Adds an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        if (_items is null || Count == _items.Length)
        {
            Grow(1);
        }

        _items![Count++] = item;
    }

    /// <summary>Adds elements.</summary>
    public void Add(ReadOnlySpan<T> items)
    {
        if (_items is null || items.Length > _items.Length - Count)
        {
            Grow(items.Length);
        }

        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Takes all elements out.</summary>
    public void Clear()
    {
        Count = 0;
        if (_items?.Length > ReusedBuffer<T>.MaxKept)
        {
            _items = null;
        }
    }

    private void Grow(int more) => Array.Resize(ref _items, Math.Max(MinLength, Math.Max(2 * Count, Count + more)));
}
