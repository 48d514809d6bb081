using FunctionsEval.Core.Buffers;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// Sequences of tokens, each token as a number: equal tokens have equal numbers, from 0 in the order in which they first occur. The texts
/// of tokens are kept and compared. Their hashes differ from process to process, so that nobody can write a text whose tokens collide.
/// </summary>
internal sealed class TokenSequences
{
    private const int MinSlots = 128;

    private ReusedList<int> _numbers;
    private ReusedList<int> _ends;
    private ReusedList<char> _text;
    private ReusedList<Token> _tokens;

    // An open-addressing table of tokens, at most half full. Of the array it takes as much as the tokens of this time need.
    private Slot[] _slots = new Slot[MinSlots];
    private int _slotCount = MinSlots;

    /// <summary>How many sequences there are.</summary>
    public int Count => _ends.Count;

    /// <summary>How many different tokens there are.</summary>
    public int TokenCount => _tokens.Count;

    /// <summary>The numbers of a sequence's tokens, until another one is added.</summary>
    public ReadOnlySpan<int> this[int sequence] => _numbers.Items[StartOf(sequence).._ends.Items[sequence]];

    /// <summary>How many tokens the sequences before a sequence have.</summary>
    public int StartOf(int sequence) => sequence == 0 ? 0 : _ends.Items[sequence - 1];

    /// <summary>Forgets all sequences and tokens.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _ends.Clear();
        _text.Clear();
        _tokens.Clear();
        if (_slotCount > ReusedBuffer<Slot>.MaxKept)
        {
            _slots = new Slot[MinSlots];
        }

        _slots.AsSpan(0, Math.Min(_slotCount, _slots.Length)).Clear();
        _slotCount = MinSlots;
    }

    /// <summary>Adds a token to the sequence that is being read.</summary>
    public void Add(ReadOnlySpan<char> token)
    {
        var hash = string.GetHashCode(token);
        var slot = hash & (_slotCount - 1);
        while (_slots[slot].Follower != 0)
        {
            if (_slots[slot].Hash == hash && TextOf(_slots[slot].Follower - 1).SequenceEqual(token))
            {
                _numbers.Add(_slots[slot].Follower - 1);
                return;
            }

            slot = (slot + 1) & (_slotCount - 1);
        }

        _numbers.Add(TokenCount);
        _text.Add(token);
        _tokens.Add(new Token(hash, _text.Count));
        _slots[slot] = new Slot(hash, TokenCount);
        if (2 * TokenCount > _slotCount)
        {
            Grow();
        }
    }

    /// <summary>
    /// Adds the code points of a text as numbers of their own, which are not counted as tokens; a surrogate without its partner stands for
    /// itself.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="keepsWhiteSpace">Whether white space counts; else it is taken out of the text first.</param>
    public void AddCodePoints(ReadOnlySpan<char> text, bool keepsWhiteSpace)
    {
        var before = '\0';
        foreach (var c in text)
        {
            if (!keepsWhiteSpace && PythonText.IsWhiteSpace(c))
            {
                continue;
            }

            if (char.IsSurrogatePair(before, c))
            {
                _numbers.Items[^1] = char.ConvertToUtf32(before, c);
                before = '\0';
            }
            else
            {
                _numbers.Add(c);
                before = c;
            }
        }
    }

    /// <summary>Ends the sequence that is being read.</summary>
    public void EndSequence() => _ends.Add(_numbers.Count);

    /// <summary>The text of a token.</summary>
    public ReadOnlySpan<char> TextOf(int number) =>
        _text.Items[(number == 0 ? 0 : _tokens.Items[number - 1].End).._tokens.Items[number].End];

    /// <summary>The texts of a sequence's tokens.</summary>
    public List<string> TextsOf(int sequence)
    {
        var texts = new List<string>();
        foreach (var number in this[sequence])
        {
            texts.Add(TextOf(number).ToString());
        }

        return texts;
    }

    private void Grow()
    {
        _slotCount *= 2;
        if (_slots.Length < _slotCount)
        {
            _slots = new Slot[_slotCount];
        }
        else
        {
            _slots.AsSpan(0, _slotCount).Clear();
        }

        for (var number = 0; number < TokenCount; number++)
        {
            var hash = _tokens.Items[number].Hash;
            var slot = hash & (_slotCount - 1);
            while (_slots[slot].Follower != 0)
            {
                slot = (slot + 1) & (_slotCount - 1);
            }

            _slots[slot] = new Slot(hash, number + 1);
        }
    }

    /// <summary>A token.</summary>
    /// <param name="Hash">Hash of its text.</param>
    /// <param name="End">Where its text ends.</param>
    private readonly record struct Token(int Hash, int End);

    /// <summary>A place in the table.</summary>
    /// <param name="Hash">Hash of the token that is there.</param>
    /// <param name="Follower">The number after that token's; 0 where there is none.</param>
    private readonly record struct Slot(int Hash, int Follower);
}
