using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.ExactMatch;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>Every regular expression that meets an answer has a time limit, on both engines, and for all matches together.</summary>
public sealed class PatternLimitTests
{
    /// <summary>Each match is found in linear time, and there are as many as characters.</summary>
    private const string ManyMatches = "(?:a+b)?";

    /// <summary>Needs time that grows exponentially, on the engine that its lookahead asks for.</summary>
    private const string Backtracking = "(?!x)(a|aa)+$(?<!a)";

    private static readonly string Answer = new('a', 200_000);

    [Theory]
    [InlineData("a", false)]
    [InlineData("(?=a)a", true)]
    [InlineData(@"(a)\1", true)]
    [InlineData("((a{0,30}){0,30}){0,10}b", true)]
    public void Pattern_has_a_time_limit_on_the_engine_that_runs_it(string pattern, bool backtracks)
    {
        var compiled = AnswerPattern.Compile(pattern);

        Assert.Equal(AnswerPattern.Timeout, compiled.MatchTimeout);
        Assert.Equal(backtracks, !compiled.Options.HasFlag(RegexOptions.NonBacktracking));
    }

    [Fact]
    public void Matches_stop_when_all_of_them_take_too_long() =>
        Assert.Throws<RegexMatchTimeoutException>(() => AnswerPattern.Matches(AnswerPattern.Compile(ManyMatches), Answer).Count());

    /// <summary>
    /// A thread that waits for a processor for a second is no slow pattern: the answer must not be read otherwise on a busy machine.
    /// </summary>
    [Theory]
    [InlineData(1, "read")]
    [InlineData(2, "late")]
    public void Text_that_takes_too_long_once_is_read_again(int timesLate, string expected)
    {
        var tries = 0;

        Assert.Equal(
            expected,
            AnswerPattern.ReadInTime(() => ++tries > timesLate ? "read" : throw new RegexMatchTimeoutException(), late: "late")
        );
    }

    [Theory]
    [InlineData(ManyMatches)]
    [InlineData(Backtracking)]
    public void Answer_that_a_pattern_takes_too_long_for_is_unparsable(string pattern)
    {
        var parser = Parser(pattern);

        Assert.IsType<Unparsable>(parser.Parse(Answer + "c"));
        Assert.Null(parser.ParseLeniently(Answer + "c"));
        parser.FindLabelLead(Answer);
    }

    [Theory]
    [InlineData(ManyMatches)]
    [InlineData(Backtracking)]
    public void Answer_that_an_ignored_pattern_takes_too_long_for_equals_no_reference(string pattern)
    {
        Assert.Equal(0, Measure(pattern, Answer, Answer));
        Assert.Equal(1, Measure(pattern, "aa", "aa"));
    }

    /// <summary>A row may have as many references as a line holds, each with its own second.</summary>
    [Fact]
    public void References_are_no_longer_looked_at_when_ignored_patterns_took_too_long_in_all_of_them_together()
    {
        var asked = 0;
        var sample = new MetricSample { References = new Lazily(() => asked++ == 0 ? Answer : "aa"), Prediction = "aa" };
        var statistic = new long[2];

        new ExactMatchMetric(
            new ExactMatchOptions { RegexesToIgnore = [AnswerPattern.Compile(Backtracking)], MaxTime = AnswerPattern.Timeout }
        ).Measure(sample, statistic);

        Assert.Equal([0, 1], statistic);
        Assert.InRange(asked, 1, 2);
    }

    /// <summary>The values are those of <see cref="Regex.Replace(string, string)"/>.</summary>
    [Theory]
    [InlineData("a+", "caab", "cb")]
    [InlineData("", "ab", "ab")]
    [InlineData("x*", "axxb", "ab")]
    [InlineData("^a", "aab", "ab")]
    [InlineData("b$", "aab", "aa")]
    [InlineData(".", "ab", "")]
    [InlineData("z", "", "")]
    [InlineData("(?<=a)b", "abb", "ab")]
    public void Text_without_its_matches_is_what_replacing_them_gives(string pattern, string text, string expected)
    {
        Assert.Equal(expected, AnswerPattern.Remove(AnswerPattern.Compile(pattern), text));
        Assert.Equal(expected, new Regex(pattern, RegexOptions.CultureInvariant).Replace(text, ""));
    }

    /// <summary>Some white space can be shared out among neighbouring parts of a pattern in as many ways as there are characters.</summary>
    [Fact]
    public void Patterns_that_read_answers_leniently_have_a_time_limit()
    {
        var patterns = typeof(LenientReading)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            .Where(method => method.GetCustomAttribute<GeneratedRegexAttribute>() is not null)
            .ToList();

        Assert.NotEmpty(patterns);
        Assert.All(patterns, pattern => Assert.NotEqual(Regex.InfiniteMatchTimeout, ((Regex)pattern.Invoke(null, null)!).MatchTimeout));
    }

    [Theory]
    [InlineData(ParsingMethod.Choice, "answer                                                                ", 20_000)]
    [InlineData(ParsingMethod.Choice, "\n\n\n\n\n\n\n\n", 200_000)]
    [InlineData(ParsingMethod.Integer, "1.1.1.1.", 100_000)]
    [InlineData(ParsingMethod.Label, "aaaaaaaaaaaaaaaaaaa ", 50_000)]
    [InlineData(ParsingMethod.JsonField, "{{{{\"f\"          ", 50_000)]
    public void Long_answer_of_one_part_ends_in_a_lenient_reading_or_none(ParsingMethod method, string part, int repeats)
    {
        var parser = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["1", "2"],
            Parsing = new ParsingSpec { Method = method, Field = method == ParsingMethod.JsonField ? "f" : null },
        }.CreateParser();

        Assert.Null(parser.ParseLeniently(string.Concat(Enumerable.Repeat(part, repeats))));
    }

    private static AnswerParser Parser(string pattern) =>
        new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["a", "b"],
            Parsing = new ParsingSpec { Method = ParsingMethod.Regex, Pattern = pattern },
        }.CreateParser();

    private static long Measure(string pattern, string answer, string reference)
    {
        var metric = MetricCatalog.Create(
            GenerationTask.Instance,
            [
                new MetricSpec
                {
                    Name = "exact_match",
                    Options = new Dictionary<string, System.Text.Json.JsonElement>
                    {
                        ["regexes_to_ignore"] = System.Text.Json.JsonSerializer.SerializeToElement(new[] { pattern }),
                    },
                },
            ],
            new MetricSettings()
        )[0];
        var statistic = new long[metric.StatisticLength];
        metric.Measure(new MetricSample { Prediction = answer, References = [reference] }, statistic);
        return statistic[0];
    }

    /// <summary>A thousand references, each made when it is asked for.</summary>
    private sealed class Lazily(Func<string> make) : IReadOnlyList<string>
    {
        public int Count => 1_000;

        public string this[int index] => make();

        public IEnumerator<string> GetEnumerator() => Enumerable.Range(0, Count).Select(_ => make()).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
