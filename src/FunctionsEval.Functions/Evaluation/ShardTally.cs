using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>The totals of a shard's rows. Safe to use from several threads.</summary>
/// <param name="plan">The run.</param>
/// <param name="isStored">Whether the rows are copies of another run's, which paid for them. Default false.</param>
internal sealed class ShardTally(RunPlan plan, bool isStored = false)
{
    private const int ExamplesKept = 10;
    private const int ExampleLength = 500;

    /// <summary>The graders that are models; the others have no bill.</summary>
    private readonly HashSet<string> _models = [.. plan.Measurer.Graders.OfType<ModelGraderSpec>().Select(grader => grader.Name)];
    private readonly Lock _lock = new();
    private readonly List<SampleStatistics> _statistics = [];
    private readonly SortedDictionary<int, UnscoredSample> _examples = [];
    private readonly SortedDictionary<string, int> _malformed = new(StringComparer.Ordinal);
    private readonly OutcomeReasons _reasons = new();
    private readonly GeometricHistogram _latency = new();
    private readonly GeometricHistogram _answerTokens = new();
    private readonly SortedDictionary<string, TokenCounts> _graders = new(StringComparer.Ordinal);
    private readonly SortedDictionary<Leak, long> _leaks = [];
    private readonly AnswerSources _sources = new();
    private readonly SortedDictionary<string, AnswerSources> _graderSources = new(StringComparer.Ordinal);
    private readonly StreamLatency _streams = new();
    private readonly LeftOutCounts _leftOut = new();
    private readonly SortedDictionary<string, LeftOutCounts> _graderLeftOut = new(StringComparer.Ordinal);
    private ReasoningCounts _reasoning = ReasoningCounts.None;
    private OutcomeCounts _outcomes = new();
    private long _inputTokens;
    private long _outputTokens;
    private long _requests;

    /// <summary>The counts so far.</summary>
    public OutcomeCounts Outcomes
    {
        get
        {
            lock (_lock)
            {
                return _outcomes;
            }
        }
    }

    public void Add(EvaluatedSample row)
    {
        var statistics = plan.Measure(row);
        lock (_lock)
        {
            _outcomes = _outcomes.With(row.Outcome);
            _reasons.Add(row);
            _statistics.Add(statistics);
            Pay(row);
            AddAnswer(row);
            AddGrades(row);
            if (row.Leak is { } leak)
            {
                _leaks[leak] = _leaks.GetValueOrDefault(leak) + 1;
            }

            if (row.Outcome == Outcome.MalformedSample)
            {
                var code = (row.Reason ?? "").Split(':')[0];
                _malformed[code] = _malformed.GetValueOrDefault(code) + 1;
            }

            if (row.Outcome != Outcome.Scored)
            {
                KeepExample(row);
            }
        }
    }

    /// <summary>Adds the cost of a sample that has no outcome.</summary>
    public void AddPaid(EvaluatedSample row)
    {
        lock (_lock)
        {
            Pay(row);
        }
    }

    public BinaryData Statistics() => ShardStatistics.Write(_statistics, plan.Measurer.Layout);

    public ShardState State(int lines) =>
        new()
        {
            Outcomes = _outcomes,
            Lines = lines,
            InputTokens = _inputTokens,
            OutputTokens = _outputTokens,
            Requests = _requests,
            Graders = _graders,
            Latency = _latency,
            AnswerTokens = _answerTokens,
            Examples = [.. _examples.Values],
            Sources = _sources.Bounded(),
            GraderSources = _graderSources.ToDictionary(grader => grader.Key, grader => grader.Value.Bounded(), StringComparer.Ordinal),
            Streams = _streams,
            Reasoning = _reasoning,
            LeftOut = _leftOut,
            GraderLeftOut = _graderLeftOut,
            Leaks = _leaks,
            MalformedReasons = _malformed,
            Reasons = _reasons.ToList(),
        };

    private void Pay(EvaluatedSample row)
    {
        if (isStored)
        {
            return;
        }

        _inputTokens += row.InputTokens;
        _outputTokens += row.OutputTokens;
        _requests += row.Attempts;
        foreach (var (grader, grade) in ModelGradesOf(row))
        {
            _graders[grader] =
                _graders.GetValueOrDefault(grader, TokenCounts.None) + new TokenCounts(grade.InputTokens, grade.OutputTokens);
        }
    }

    private void AddAnswer(EvaluatedSample row)
    {
        if (row.LatencyMs is { } latency)
        {
            _latency.Add(latency);
            _answerTokens.Add(row.OutputTokens);
        }

        _sources.Add(row.Model, row.SystemFingerprint);
        _streams.Add(row);
        _reasoning += ReasoningCounts.From(row);
        if (row.FinishReason is not null)
        {
            _leftOut.Add(row.LeftOut);
        }
    }

    private void AddGrades(EvaluatedSample row)
    {
        foreach (var (grader, grade) in ModelGradesOf(row))
        {
            if (!_graderSources.TryGetValue(grader, out var sources))
            {
                _graderSources[grader] = sources = new AnswerSources();
            }

            sources.Add(grade.Model, systemFingerprint: null);
            LeftOutCounts.GetOrAdd(grader, _graderLeftOut).Add(grade.LeftOut);
        }
    }

    private IEnumerable<KeyValuePair<string, Grade>> ModelGradesOf(EvaluatedSample row) =>
        (row.Grades ?? new Dictionary<string, Grade>()).Where(grade => _models.Contains(grade.Key));

    /// <summary>Keeps the first examples in dataset order, whatever the order of completion.</summary>
    private void KeepExample(EvaluatedSample row)
    {
        // A model that calls tools in the place of a text has said something, too.
        var said =
            string.IsNullOrEmpty(row.Text) && row.ToolCalls is { Count: > 0 } calls
                ? string.Join('\n', calls.Select(call => $"{call.Name}({call.Arguments})"))
                : row.Text;
        var text = said is { Length: > ExampleLength } longText ? longText[..ExampleLength] + "…" : said;
        _examples[row.Ordinal] = new UnscoredSample(row.Id, row.Line, row.Outcome, row.Reason, text);
        if (_examples.Count > ExamplesKept)
        {
            _examples.Remove(_examples.Keys.Last());
        }
    }
}
