using System.Text.Json;
using FunctionsEval.Core.Costs;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Core.Checks;

/// <summary>
/// Looks at the rows of a dataset as a run of it would, without a model call: a row is malformed here if it is in a run. Its size does not
/// grow with the dataset but for the hashes of up to a million samples.
/// </summary>
public sealed class DatasetCheck
{
    /// <summary>Malformed rows that are listed.</summary>
    public const int MaxProblems = 100;

    private readonly EvaluationSpec _spec;
    private readonly SampleCalls _calls;
    private readonly TrainingIndex? _training;
    private readonly Func<IReadOnlyList<string>, string?> _findImageProblem;
    private readonly Duplicates _duplicates;
    private readonly TagCounts _tags = new();
    private readonly Dictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _labels;
    private readonly List<FoundProblem> _problems = [];
    private long _rows;
    private long _samples;
    private (long Exact, long Ngrams, int? Line) _leaks;
    private ImageReport _images = new(0, 0, 0);

    /// <summary>Creates a check of no rows.</summary>
    /// <param name="spec">The spec that applies.</param>
    /// <param name="calls">What is asked about samples.</param>
    /// <param name="training">The rows that the model was tuned on; null where they are not known.</param>
    /// <param name="findImageProblem">What is wrong with images that samples name as files beside the dataset, as a sentence without their
    /// names; null for nothing.</param>
    public DatasetCheck(
        EvaluationSpec spec,
        SampleCalls calls,
        TrainingIndex? training,
        Func<IReadOnlyList<string>, string?> findImageProblem
    )
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        _calls = calls;
        _training = training;
        _findImageProblem = findImageProblem;
        _duplicates = new Duplicates(new SampleContent(spec.Prompt));
        _labels = spec.Labels.Distinct(StringComparer.Ordinal).ToDictionary(label => label, _ => 0L, StringComparer.Ordinal);
    }

    /// <summary>Looks at a row.</summary>
    /// <param name="row">The row, read as the spec says.</param>
    /// <returns>The sample that would be evaluated; null for a malformed row, and for one outside <c>limits.sampleFraction</c>.</returns>
    public Sample? Add(DatasetRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!RowLimit.Includes(row.RowId, _spec.Limits.SampleFraction))
        {
            return null;
        }

        _rows++;
        var problem = row switch
        {
            MalformedRow malformed => new FoundProblem(row.Line, malformed.Column, malformed.Reason, malformed.Message),
            ValidRow valid => FindProblem(valid),
            _ => throw new InvalidOperationException($"Unknown kind of row: {row.GetType().Name}."),
        };
        if (problem is null)
        {
            return Add((ValidRow)row);
        }

        _reasons[problem.Reason] = _reasons.GetValueOrDefault(problem.Reason) + 1;
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(problem with { Message = problem.Message + MalformedFix.For(problem.Reason) });
        }

        return null;
    }

    /// <summary>What was found.</summary>
    /// <param name="unknownLabels">The references that are not among the labels.</param>
    public DatasetReport Finish(IReadOnlyList<UnknownLabel>? unknownLabels = null) =>
        new()
        {
            Rows = _rows,
            Samples = _samples,
            Malformed = _reasons.Values.Sum(),
            Reasons = [.. TagCounts.CommonestFirst(_reasons)],
            Problems = _problems,
            Labels = [.. _spec.Labels.Distinct(StringComparer.Ordinal).Select(label => new NamedCount(label, _labels[label]))],
            UnknownLabels = unknownLabels ?? [],
            Tags = _tags.ToList(),
            EmptySlices = _tags.IsFull ? [] : [.. _spec.Slices.Where(slice => !_tags.Has(slice))],
            Duplicates = _duplicates.ToReport(),
            Leaks = _training is null ? null : new LeakReport(_leaks.Exact, _leaks.Ngrams, _leaks.Line),
            Images = _images == new ImageReport(0, 0, 0) ? null : _images,
        };

    /// <summary>Whether rows were malformed for a reason.</summary>
    /// <param name="reason">One of <see cref="MalformedReasons"/>.</param>
    public bool HasFound(string reason) => _reasons.ContainsKey(reason);

    private FoundProblem? FindProblem(ValidRow row)
    {
        IReadOnlyList<ModelQuestion> questions;
        try
        {
            questions = _calls.QuestionsFor(row.Sample);
        }
        catch (PromptException misfit)
        {
            return new FoundProblem(row.Line, null, MalformedReasons.PromptError, misfit.Message);
        }

        if (_spec.Task.ScoresGivenTexts)
        {
            return null;
        }

        List<string> images = [.. questions[0].Messages.SelectMany(turn => turn.Parts).OfType<ImagePart>().Select(image => image.Url)];
        var files = images.FindAll(ImageUrls.IsBlobName);
        var addresses = images.Count(ImageUrls.IsAddress);
        _images = new ImageReport(
            _images.Files + files.Count,
            _images.Addresses + addresses,
            _images.Data + images.Count - files.Count - addresses
        );
        return files.Count > 0 && _findImageProblem(files) is { } problem
            ? new FoundProblem(row.Line, null, MalformedReasons.UnusableImage, problem)
            : null;
    }

    private Sample Add(ValidRow row)
    {
        var sample = row.Sample;
        _samples++;
        _tags.Add(sample.Tags);
        _duplicates.Add(row);
        foreach (var label in LabelsOf(sample).Where(_labels.ContainsKey))
        {
            _labels[label]++;
        }

        switch (_training?.Find(sample))
        {
            case Leak.Exact:
                _leaks = (_leaks.Exact + 1, _leaks.Ngrams, _leaks.Line ?? row.Line);
                break;
            case Leak.Ngrams:
                _leaks = (_leaks.Exact, _leaks.Ngrams + 1, _leaks.Line ?? row.Line);
                break;
        }

        return sample;
    }

    /// <summary>The labels that a sample expects.</summary>
    private IEnumerable<string> LabelsOf(Sample sample) =>
        _labels.Count == 0 ? []
        : _spec.Task.Subjects.HasFlag(MetricSubjects.LabelSet) ? JsonSerializer.Deserialize<string[]>(sample.References[0]) ?? []
        : sample.References.Take(1);
}
