using System.Globalization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Checks;

/// <summary>
/// Finds samples whose id, or whose content, an earlier sample of the dataset has. It looks at the first million of each, so that its size
/// is bounded.
/// </summary>
/// <param name="contents">Hashes the content of samples.</param>
internal sealed class Duplicates(SampleContent contents)
{
    private const int MaxKept = 1_000_000;

    private readonly HashSet<ulong> _ids = [];

    /// <summary>What is asked, and the hash of what is asked and expected by the first that asks it.</summary>
    private readonly Dictionary<ulong, ulong> _questions = [];
    private (long Count, int? Line) _sameId;
    private (long Count, int? Line) _sameContent;
    private (long Count, int? Line) _conflict;

    public void Add(ValidRow row)
    {
        var sample = row.Sample;
        // Further turns of a row have its id by right.
        if (row.Turn is not { Number: > 1 } && !IsNew(Scoreboard.SampleKey(row.RowId)))
        {
            Count(ref _sameId, row.Line);
        }

        var content = HashOf(sample);
        // A text that is scored asks nothing.
        var asks = sample.Messages.Count > 0 || sample.Input.Length > 0;
        var question = asks ? HashOf(sample with { References = [], GoldChoices = [] }) : content;
        if (_questions.TryGetValue(question, out var first))
        {
            Count(ref first == content ? ref _sameContent : ref _conflict, row.Line);
        }
        else if (_questions.Count < MaxKept)
        {
            _questions.Add(question, content);
        }
    }

    public DuplicateReport ToReport() =>
        new(_sameId.Count, _sameId.Line, _sameContent.Count, _sameContent.Line, _conflict.Count, _conflict.Line);

    private bool IsNew(ulong id) => _ids.Count < MaxKept ? _ids.Add(id) : !_ids.Contains(id);

    private ulong HashOf(Sample sample) => ulong.Parse(contents.HashOf(sample), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static void Count(ref (long Count, int? Line) found, int line) => found = (found.Count + 1, found.Line ?? line);
}
