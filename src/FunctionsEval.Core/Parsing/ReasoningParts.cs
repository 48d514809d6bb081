using System.Text;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>The parts of a text as far as it is read.</summary>
internal sealed partial class ReasoningParts(string text)
{
    private const string Fence = "```";

    private readonly StringBuilder _answer = new();
    private readonly StringBuilder _reasoning = new();
    private readonly int _lastFence = text.LastIndexOf(Fence, StringComparison.Ordinal);
    private int _at;
    private int _content = -1;
    private int _fences;
    private int _fencesCountedTo;
    private bool _hasAnswer;
    private bool _hasReasoning;

    /// <summary>The marker after which the text is reasoning; null where it is answer.</summary>
    public ReasoningMarker? Open { get; private set; }

    /// <summary>Whether nothing of the answer stands before a place.</summary>
    public bool IsAtBeginning(int place)
    {
        // Looked for once: a long text may ask for each of a hundred thousand markers.
        if (_content < _at)
        {
            var blank = text.AsSpan(_at).Length - text.AsSpan(_at).TrimStart().Length;
            _content = _at + blank;
        }

        return !_hasAnswer && _content >= place;
    }

    /// <summary>Whether only white space stands between a place and the beginning of its line, or the end of other reasoning.</summary>
    public bool IsAtLineStart(int place)
    {
        while (place > _at && char.IsWhiteSpace(text[place - 1]) && text[place - 1] != '\n')
        {
            place--;
        }

        return place == _at || text[place - 1] == '\n';
    }

    /// <summary>Whether a marker stands in a code fence of the answer. Asked of one marker after the other.</summary>
    public bool IsInFence(ReasoningMarker marker)
    {
        _fences += text.AsSpan(_fencesCountedTo, marker.Start - _fencesCountedTo).Count(Fence);
        _fencesCountedTo = marker.Start;
        return (_fences & 1) == 1 && _lastFence > marker.Start;
    }

    public void Begin(ReasoningMarker marker)
    {
        Answer(marker.Start);
        (Open, _at) = (marker, marker.End);
    }

    public void Close(ReasoningMarker marker)
    {
        Reason(text[_at..marker.Start]);
        (Open, _at) = (null, marker.End);
        (_fences, _fencesCountedTo) = (0, marker.End);
    }

    /// <summary>Ends reasoning whose beginning is in the prompt. A surplus marker at the end of an answer ends nothing.</summary>
    public void CloseUnopened(ReasoningMarker marker)
    {
        Answer(marker.Start);
        if (!_hasReasoning || !text.AsSpan(marker.End).IsWhiteSpace())
        {
            Reason(_answer.ToString());
            _answer.Clear();
            _hasAnswer = false;
        }

        _at = marker.End;
        (_fences, _fencesCountedTo) = (0, marker.End);
    }

    public ModelText ToText()
    {
        if (Open is not null)
        {
            Reason(text[_at..]);
        }
        else
        {
            Answer(text.Length);
        }

        return _hasReasoning
            ? new ModelText(Wrapper().Replace(_answer.ToString(), "").Trim(), _reasoning.ToString())
            : new ModelText(text, null);
    }

    private void Answer(int end)
    {
        var part = text.AsSpan(_at, end - _at);
        _answer.Append(part);
        _hasAnswer |= !part.IsWhiteSpace();
    }

    private void Reason(string part)
    {
        _hasReasoning = true;
        if (!string.IsNullOrWhiteSpace(part))
        {
            _reasoning.Append(_reasoning.Length > 0 ? "\n" : "").Append(part.Trim());
        }
    }

    // What OpenThinker and Cohere's models write around the answer.
    [GeneratedRegex(
        @"\A\s*<\|(?:begin_of_solution|START_RESPONSE)\|>|<\|(?:end_of_solution|END_RESPONSE)\|>\s*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Wrapper();
}
