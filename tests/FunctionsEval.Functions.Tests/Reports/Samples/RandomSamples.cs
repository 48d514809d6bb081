using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.Reports;

namespace FunctionsEval.Functions.Tests.Reports.Samples;

/// <summary>Samples of every kind and filters about them, from a seed.</summary>
internal sealed class RandomSamples(int seed)
{
    private static readonly string[] Words =
    [
        "card",
        "ÉTÉ",
        "été",
        "straße",
        "STRASSE",
        "İstanbul",
        "ΣΊΣΥΦΟΣ",
        "σίσυφος",
        "\"quoted\"",
        "back\\slash",
        "line\nfeed",
        "tab\t",
        "\u2028",
        "😀",
        "𐐀𐐨",
        "K",
        "k",
        "<b>&amp;</b>",
        "\u0001",
        "input",
        "candidate",
    ];

    private static readonly string[] Labels = ["yes", "no", "Yes", "ja", ""];
    private static readonly string[] Reasons = ["stop", "length", "content_filter"];
    private readonly Random _random = new(seed);

    public List<SampleResult> Create(int count, bool hasBaseline)
    {
        var offset = 0L;
        var samples = new List<SampleResult>();
        while (samples.Count < count)
        {
            var turns = _random.Next(8) == 0 ? 3 : 0;
            for (var turn = Math.Min(1, turns); turn <= turns; turn++)
            {
                samples.Add(Create(samples.Count, offset, turn, turns, hasBaseline));
            }

            offset += _random.Next(10, 10_000);
        }

        return samples;
    }

    public SampleFilter CreateFilter() =>
        new(
            Maybe(() => Pick(Enum.GetValues<Outcome>()), 8),
            MaybeText(() => Value()),
            MaybeText(() => Value()),
            Maybe(() => Pick([Flip.Gained, Flip.Lost]), 8)
        )
        {
            Role = MaybeText(() => Pick([Roles.Candidate, Roles.Baseline]), 2),
            Correct = Maybe(() => _random.Next(2) == 0, 4),
            BaselineCorrect = Maybe(() => _random.Next(2) == 0, 6),
            BaselinePrediction = MaybeText(() => Value()),
            FinishReason = MaybeText(() => Pick([.. Reasons, "unknown"])),
            Text = MaybeText(() => Cut(Text(2)), 3),
            Tags =
                _random.Next(4) == 0
                    ?
                    [
                        KeyValuePair.Create(
                            Pick(["lang", "leaked", "turn", "t3", "t30", "none"]),
                            Pick(["de", "en", "yes", "no", "2", "v"])
                        ),
                    ]
                    : [],
        };

    private SampleResult Create(int number, long offset, int turn, int turns, bool hasBaseline)
    {
        var isAnsweredByBoth = _random.Next(10) > 0;
        return new SampleResult
        {
            Id = $"s{number}",
            Line = number + 1,
            Offset = offset,
            Input = _random.Next(10) == 0 ? null : Text(5),
            References = [.. Enumerable.Range(0, Pick([0, 1, 1, 1, 2, 100])).Select(index => index > 2 ? $"r{index}" : Value())],
            Tags = _random.Next(3) == 0 ? null : Tags(),
            Turn = turn > 0 ? turn : null,
            Turns = turn > 0 ? turns : null,
            Leak = _random.Next(3) == 0 ? Pick([Leak.None, Leak.Exact]) : null,
            Candidate = isAnsweredByBoth || !hasBaseline ? Answer() : null,
            Baseline = hasBaseline ? Answer() : null,
        };
    }

    private AnswerResult Answer()
    {
        var outcome = Pick([Outcome.Scored, Outcome.Scored, Outcome.Scored, .. Enum.GetValues<Outcome>()]);
        return new AnswerResult
        {
            Outcome = outcome,
            Text = _random.Next(6) == 0 ? null : Text(4),
            Prediction = outcome == Outcome.Scored && _random.Next(8) > 0 ? Value() : null,
            FinishReason = _random.Next(4) == 0 ? null : Pick(Reasons),
            Reasoning = Text(2), // Is not searched.
            ToolCalls = _random.Next(8) == 0 ? [new AnsweredCall("find", $$"""{"q":"{{_random.Next(9)}}"}""")] : null,
            Choices = _random.Next(12) == 0 ? [new ChoiceLikelihood("a", -1, IsGreedy: true, _random.Next(2) == 0)] : null,
        };
    }

    /// <summary>Tags of more names than an index keeps.</summary>
    private Dictionary<string, string> Tags()
    {
        var tags = new Dictionary<string, string> { ["lang"] = Pick(["de", "en"]) };
        for (var tag = 0; tag < 40; tag += _random.Next(1, 20))
        {
            tags["t" + tag.ToString(CultureInfo.InvariantCulture)] = Pick(["v", "w"]);
        }

        if (_random.Next(20) == 0)
        {
            tags["leaked"] = "yes"; // A tag of the row comes first.
        }

        return tags;
    }

    /// <summary>A label, or a text that is too long for a table.</summary>
    private string Value() => _random.Next(10) == 0 ? new string('x', 200 + _random.Next(3)) : Pick(Labels);

    private string Text(int words) => string.Join(' ', Enumerable.Range(0, _random.Next(words + 1)).Select(_ => Pick(Words)));

    private string? Cut(string text)
    {
        var start = _random.Next(text.Length + 1);
        var cut = text.Substring(start, _random.Next(text.Length - start + 1));
        return cut.Length == 0 ? null
            : _random.Next(2) == 0 ? cut.ToUpperInvariant()
            : cut;
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    private T? Maybe<T>(Func<T> create, int oneIn)
        where T : struct => _random.Next(oneIn) == 0 ? create() : null;

    private string? MaybeText(Func<string?> create, int oneIn = 6) => _random.Next(oneIn) == 0 ? create() : null;
}
