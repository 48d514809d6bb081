using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Holds a filter, but for its text, against the columns of an index.</summary>
internal sealed class IndexMatcher
{
    private readonly SampleIndex _index;
    private readonly List<Func<int, bool?>> _parts = [];

    public IndexMatcher(SampleIndex index, SampleFilter filter)
    {
        _index = index;
        AddMarks(filter);
        AddOutcome(filter);
        Add(index.Labels, filter.Label);
        Add(index.Predictions, filter.Prediction);
        Add(index.BaselinePredictions, filter.BaselinePrediction);
        AddFinishReason(filter);
        foreach (var (name, value) in filter.Tags)
        {
            AddTag(name, value);
        }
    }

    /// <summary>The rows that match, and those of which the index does not say whether they do; both ascending.</summary>
    public (List<int> Certain, List<int> Unsure) Match()
    {
        var (certain, unsure) = (new List<int>(), new List<int>());
        for (var row = 0; row < _index.Count; row++)
        {
            var matches = Match(row);
            if (matches == true)
            {
                certain.Add(row);
            }
            else if (matches is null)
            {
                unsure.Add(row);
            }
        }

        return (certain, unsure);
    }

    private bool? Match(int row)
    {
        bool? matches = true;
        foreach (var part in _parts)
        {
            switch (part(row))
            {
                case false:
                    return false;
                case null:
                    matches = null;
                    break;
                case true:
                    break;
            }
        }

        return matches;
    }

    private void AddMarks(SampleFilter filter)
    {
        var marks = _index.Marks;
        if (filter.Flip is { } flip)
        {
            _parts.Add(row => SampleMarks.FlipOf(marks[row]) == flip);
        }

        if (filter.Correct is { } correct)
        {
            _parts.Add(row => SampleMarks.CandidateOf(marks[row]) == correct);
        }

        if (filter.BaselineCorrect is { } baselineCorrect)
        {
            _parts.Add(row => SampleMarks.BaselineOf(marks[row]) == baselineCorrect);
        }
    }

    private void AddOutcome(SampleFilter filter)
    {
        if (filter.Outcome is { } outcome)
        {
            _parts.Add(row =>
                (filter.Role != Roles.Baseline && _index.CandidateOutcomes[row] == (byte)outcome)
                || (filter.Role != Roles.Candidate && _index.BaselineOutcomes[row] == (byte)outcome)
            );
        }
    }

    private void AddFinishReason(SampleFilter filter)
    {
        if (filter.FinishReason is not { } reason)
        {
            return;
        }

        var (candidate, baseline) = (_index.FinishReasons.Find(reason), _index.BaselineFinishReasons.Find(reason));
        _parts.Add(row =>
        {
            var one = filter.Role == Roles.Baseline ? false : _index.FinishReasons.Has(row, candidate);
            var other = filter.Role == Roles.Candidate ? false : _index.BaselineFinishReasons.Has(row, baseline);
            return one | other; // Unknown or true is true.
        });
    }

    private void AddTag(string name, string value)
    {
        if (_index.Tags.TryGetValue(name, out var column))
        {
            Add(column, value);
        }
        else
        {
            _parts.Add(_ => _index.HasMoreTags ? null : false);
        }
    }

    private void Add(ValueColumn column, string? value)
    {
        if (value is not null)
        {
            var number = column.Find(value);
            _parts.Add(row => column.Has(row, number));
        }
    }
}
