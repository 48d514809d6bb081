using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Specs;

public sealed class SpecReaderTests
{
    private const string Minimal = """{"task":"generation","model":"m"}""";

    private const string Full = """
        {
          // comments and trailing commas are allowed
          "$schema": "../docs/evaluation.schema.json",
          "name": "Tickets", "task": "classification", "model": "tuned", "baseline": "base", "trainingFile": "train.jsonl",
          "prompt": { "system": "Sort.", "user": "{{ input }}" },
          "labels": ["spam", "ham"], "positiveLabel": "spam", "labelProbabilities": "exact",
          "parsing": { "method": "json_field", "field": "a.b", "ignoreCase": true, "stripQuotes": false, "aliases": { "junk": "spam" }, "scoreTruncated": true },
          "sampling": { "maxOutputTokens": 5, "temperature": 0.5, "topP": 0.9, "seed": 7, "stop": ["\n"], "stream": true, "logProbabilities": true },
          "columns": { "input": "i", "reference": "r", "id": "k", "tags": ["lang"] },
          "metrics": ["accuracy", { "name": "bleu", "tokenize": "13a" }],
          "slices": ["lang"],
          "intervals": { "level": 0.9, "replicates": 200 },
          "gate": { "rules": [ { "metric": "f1_macro", "notWorseThanBaselineBy": 0.01 }, { "minimumCoverage": 0.95 } ] },
          "limits": { "maxMalformedShare": 0.1, "deadline": "02:30:00" },
        }
        """;

    /// <summary>A field, the path that its error must name, and what of the fix.</summary>
    public static readonly TheoryData<string, string, string> Misfits = new()
    {
        { "\"sampling\":{\"max_output_tokens\":5}", "$.sampling.max_output_tokens", "Did you mean maxOutputTokens?" },
        { "\"promt\":{}", "$.promt", "Did you mean prompt?" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\",\"minimun\":1}]}", "$.gate.rules[0].minimun", "Did you mean minimum?" },
        { "\"whatever\":1", "$.whatever", "Known here: " },
        { "\"endpoint\":\"https://x\"", "$.endpoint", "Models__" },
        { "\"apiKey\":\"x\"", "$.apiKey", "Models__" },
        { "\"sampling\":{\"api_key\":\"x\"}", "$.sampling.api_key", "Models__" },
        { "\"sampling\":5", "$.sampling", "expected an object, found a number" },
        { "\"sampling\":{\"stream\":\"yes\"}", "$.sampling.stream", "expected true or false, found a string" },
        { "\"sampling\":{\"seed\":1.5}", "$.sampling.seed", "expected an integer" },
        { "\"sampling\":{\"temperature\":2.1}", "$.sampling.temperature", "from 0 to 2" },
        { "\"sampling\":{\"topP\":1.1}", "$.sampling.topP", "from 0 to 1" },
        { "\"sampling\":{\"maxOutputTokens\":0}", "$.sampling.maxOutputTokens", "from 1 to" },
        { "\"limits\":{\"maxCost\":9.3e9}", "$.limits.maxCost", "from 0 to 9000000000" },
        { "\"sampling\":{\"stop\":[1]}", "$.sampling.stop[0]", "expected a string, found a number" },
        { "\"intervals\":{\"level\":95}", "$.intervals.level", "from 0.5 to 0.999" },
        { "\"intervals\":{\"replicates\":-1}", "$.intervals.replicates", "from 0 to 10000" },
        { "\"limits\":{\"maxMalformedShare\":5}", "$.limits.maxMalformedShare", "from 0 to 1" },
        { "\"limits\":{\"deadline\":\"1 day\"}", "$.limits.deadline", "hh:mm:ss" },
        { "\"limits\":{\"deadline\":\"PT0S\"}", "$.limits.deadline", "duration" },
        { "\"limits\":{\"deadline\":\"P1M\"}", "$.limits.deadline", "duration" },
        { "\"limits\":{\"deadline\":\"01:75:00\"}", "$.limits.deadline", "duration" },
        { "\"prompt\":{\"user\":\"{{ input\"}", "$.prompt.user", "not a Liquid template" },
        { "\"prompt\":{\"user\":\"{{ input | shout }}\"}", "$.prompt.user", "no filter 'shout'" },
        { "\"prompt\":{\"system\":\"\"}", "$.prompt.system", "is empty" },
        { "\"parsing\":{\"method\":\"json\"}", "$.parsing.method", "json belongs to the task extraction" },
        { "\"parsing\":{\"method\":\"json_field\"}", "$.parsing.field", "is missing" },
        { "\"parsing\":{\"method\":\"json_field\",\"field\":\"a..b\"}", "$.parsing.field", "empty name" },
        { "\"parsing\":{\"field\":\"a\"}", "$.parsing.field", "json_field" },
        { "\"parsing\":{\"method\":\"regex\"}", "$.parsing.pattern", "is missing" },
        { "\"parsing\":{\"method\":\"regex\",\"pattern\":\"(a\"}", "$.parsing.pattern", "not a .NET regular expression" },
        { "\"parsing\":{\"method\":\"choice\"}", "$.parsing.method", "classification" },
        { "\"labels\":[\"a\"]", "$.labels", "classification and multi_label only" },
        { "\"parsing\":{\"delimiter\":\",\"}", "$.parsing.delimiter", "multi_label only" },
        { "\"parsing\":{\"noLabel\":\"none\"}", "$.parsing.noLabel", "multi_label only" },
        { "\"parsing\":{\"number\":{}}", "$.parsing.number", "regression only" },
        { "\"positiveLabel\":\"a\"", "$.positiveLabel", "classification only" },
        { "\"labelProbabilities\":\"exact\"", "$.labelProbabilities", "classification only" },
        { "\"labelProbabilities\":\"top\"", "$.labelProbabilities", "alternatives, exact" },
        { "\"metrics\":[5]", "$.metrics[0]", "a metric's name" },
        { "\"metrics\":[{\"tokenize\":\"13a\"}]", "$.metrics[0].name", "is missing" },
        { "\"slices\":[\"a\",\"a\"]", "$.slices[1]", "twice" },
        { "\"gate\":{}", "$.gate.rules", "at least one rule" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\"}]}", "$.gate.rules[0]", "exactly one of" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\",\"minimum\":1,\"maximum\":2}]}", "$.gate.rules[0]", "exactly one of" },
        { "\"gate\":{\"rules\":[{\"minimum\":1}]}", "$.gate.rules[0].metric", "is missing" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\",\"minimumCoverage\":1}]}", "$.gate.rules[0].metric", "leave it out" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\",\"notWorseThanBaselineBy\":1}]}", "$.gate.rules[0].notWorseThanBaselineBy", "baseline" },
        { "\"gate\":{\"rules\":[{\"notWorseThanPrevious\":0}]}", "$.gate.rules[0].metric", "is missing" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\",\"notWorseThanPrevious\":-1}]}", "$.gate.rules[0].notWorseThanPrevious", "0" },
        {
            "\"gate\":{\"rules\":[{\"metric\":\"a\",\"betterThanBaselineAtAlpha\":0.05}]}",
            "$.gate.rules[0].betterThanBaselineAtAlpha",
            "baseline"
        },
        { "\"prompt\":{\"fewShot\":{\"count\":2}}", "$.prompt.fewShot", "trainingFile" },
        { "\"trainingFile\":\"t.jsonl\",\"prompt\":{\"fewShot\":{}}", "$.prompt.fewShot.count", "is missing" },
        { "\"repeats\":33", "$.repeats", "32" },
        { "\"slices\":[\"leaked\"]", "$.slices", "itself" },
        { "\"limits\":{\"sampleFraction\":0}", "$.limits.sampleFraction", "more than 0" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\",\"maximumCost\":1}]}", "$.gate.rules[0].metric", "leave it out" },
        { "\"gate\":{\"rules\":[{\"metric\":\"a\",\"slice\":\"language=de\",\"minimum\":1}]}", "$.gate.rules[0].slice", "$.slices" },
        {
            "\"baseline\":\"b\",\"gate\":{\"rules\":[{\"metric\":\"a\",\"equivalentToBaselineWithin\":0}]}",
            "$.gate.rules[0].equivalentToBaselineWithin",
            "more than 0"
        },
        { "\"trainingFile\":\"../x.jsonl\"", "$.trainingFile", "relative" },
        { "\"trainingFile\":\".\"", "$.trainingFile", "relative" },
        { "\"trainingFile\":\"data/\"", "$.trainingFile", "relative" },
        { "\"model\":\"twice\"", "$.model", "twice" },
    };

    [Fact]
    public void Read_minimal_spec_has_the_documented_defaults()
    {
        var spec = Read(Minimal);
        Assert.Equal((GenerationTask.Instance, "m", null), (spec.Task, spec.Model, spec.Baseline));
        Assert.Equal((256, 0d), (spec.Sampling.MaxOutputTokens, spec.Sampling.Temperature!.Value));
        Assert.Equal((0.95, 1000), (spec.Intervals.Level, spec.Intervals.Replicates));
        Assert.Equal((0.05, TimeSpan.FromDays(1)), (spec.Limits.MaxMalformedShare, spec.Limits.Deadline));
        Assert.True(spec.Parsing.StripQuotes);
        Assert.Null(spec.Gate);
    }

    [Fact]
    public void Read_full_spec_takes_every_field()
    {
        var spec = Read(Full);

        Assert.Equal(("Tickets", "base", "train.jsonl", "spam"), (spec.Name, spec.Baseline, spec.TrainingFile, spec.PositiveLabel));
        Assert.Equal(new PromptSpec { System = "Sort.", User = "{{ input }}" }, spec.Prompt);
        Assert.Equal(["spam", "ham"], spec.Labels);
        Assert.Equal(LabelProbabilityMethod.Exact, spec.LabelProbabilities);
        Assert.Equal(
            (ParsingMethod.JsonField, "a.b", true, false, true, "spam"),
            (
                spec.Parsing.Method,
                spec.Parsing.Field,
                spec.Parsing.IgnoreCase,
                spec.Parsing.StripQuotes,
                spec.Parsing.ScoreTruncated,
                spec.Parsing.Aliases["junk"]
            )
        );
        Assert.Equal(
            (5, 0.5, 0.9, 7L, true, true),
            (
                spec.Sampling.MaxOutputTokens,
                spec.Sampling.Temperature,
                spec.Sampling.TopP,
                spec.Sampling.Seed,
                spec.Sampling.Stream,
                spec.Sampling.LogProbabilities
            )
        );
        Assert.Equal(["\n"], spec.Sampling.Stop);
        Assert.Equal(("i", "r", "k", "lang"), (spec.Columns.Input, spec.Columns.Reference, spec.Columns.Id, spec.Columns.Tags[0]));
        Assert.Equal(["accuracy", "bleu"], spec.Metrics.Select(metric => metric.Name));
        Assert.Equal("13a", spec.Metrics[1].Options["tokenize"].GetString());
        Assert.Equal(["lang"], spec.Slices);
        Assert.Equal(new IntervalSpec { Level = 0.9, Replicates = 200 }, spec.Intervals);
        Assert.Equal(
            [
                new NotWorseThanBaselineRule { Metric = "f1_macro", NotWorseThanBaselineBy = 0.01 },
                new MinimumCoverageRule { MinimumCoverage = 0.95 },
            ],
            spec.Gate!.Rules
        );
        Assert.Equal(new LimitSpec { MaxMalformedShare = 0.1, Deadline = TimeSpan.FromHours(2.5) }, spec.Limits);
    }

    [Fact]
    public void Read_null_temperature_is_not_sent() => Assert.Null(Read(With("\"sampling\":{\"temperature\":null}")).Sampling.Temperature);

    [Theory]
    [InlineData("01:30:00", 5400)]
    [InlineData("36:00:00", 129600)]
    [InlineData("1.00:00:30", 86430)]
    [InlineData("PT90M", 5400)]
    [InlineData("P1DT12H", 129600)]
    public void Read_deadline_as_clock_or_iso_duration(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(With($"\"limits\":{{\"deadline\":\"{text}\"}}")).Limits.Deadline);

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Read_misfit_names_path_and_fix(string field, string path, string fix) => AssertMisfit(With(field), path, fix);

    [Theory]
    [InlineData("""{"model":"m"}""", "$.task", "classification, extraction, generation, language_modelling")]
    [InlineData("""{"task":"generation"}""", "$.model", "Models__")]
    [InlineData("""{"task":"clasification","model":"m"}""", "$.task", "Did you mean classification?")]
    [InlineData("""{"task":"classification","model":"m"}""", "$.labels", "is missing")]
    [InlineData("[]", "$", "expected an object, found a list")]
    [InlineData("{\"task\":\n oops}", "$", "line 2")]
    [InlineData("", "$", "not valid JSON")]
    [InlineData("{\"task\":\"generation\",\n\n\"model\":\"\\ud800\"}", "$", "line 3: a text or name escapes half a surrogate pair")]
    [InlineData("{\"task\":\"generation\",\n\"mo\\udc00del\":\"m\"}", "$", "line 2: a text or name escapes half a surrogate pair")]
    public void Read_other_document_says_what_is_missing(string json, string path, string fix) => AssertMisfit(json, path, fix);

    [Theory]
    [InlineData("""["a","a"]""", "{}", "$.labels[1]", "twice")]
    [InlineData("""["a",""]""", "{}", "$.labels[1]", "empty")]
    [InlineData("""["a"," b"]""", "{}", "$.labels[1]", "white space")]
    [InlineData("""["a","A"]""", """{"ignoreCase":true}""", "$.labels[1]", "letter case")]
    [InlineData("""["1","01"]""", """{"method":"integer"}""", "$.parsing.method", "different integers")]
    [InlineData("""["1","b"]""", """{"method":"integer"}""", "$.parsing.method", "different integers")]
    [InlineData("""["spam","ham"]""", """{"aliases":{"junk":"span"}}""", "$.parsing.aliases.junk", "Did you mean spam?")]
    [InlineData("""["spam","ham"]""", """{"aliases":{"ham":"spam"}}""", "$.parsing.aliases.ham", "is a label")]
    [InlineData("""["spam","ham"]""", """{"aliases":{"junk":5}}""", "$.parsing.aliases.junk", "expected a string")]
    public void Read_labels_that_do_not_fit_the_parsing_are_refused(string labels, string parsing, string path, string fix) =>
        AssertMisfit($$"""{"task":"classification","model":"m","parsing":{{parsing}},"labels":{{labels}} }""", path, fix);

    [Fact]
    public void Read_positive_label_outside_the_labels_is_refused() =>
        AssertMisfit(
            """{"task":"classification","model":"m","labels":["yes","no"],"positiveLabel":"yess"}""",
            "$.positiveLabel",
            "Did you mean yes?"
        );

    [Fact]
    public void Read_choice_for_more_labels_than_letters_is_refused()
    {
        var labels = string.Join(',', Enumerable.Range(0, 27).Select(i => $"\"l{i}\""));
        AssertMisfit(
            $$"""{"parsing":{"method":"choice"},"task":"classification","model":"m","labels":[{{labels}}]}""",
            "$.parsing.method",
            "26"
        );
    }

    [Fact]
    public void Read_byte_order_mark_is_skipped() => Assert.Equal("m", Read("\uFEFF" + Minimal).Model);

    [Fact]
    public void Canonical_does_not_depend_on_order_spelling_or_defaults_written_out()
    {
        var a = Read(
            """{"task":"generation","model":"m","metrics":[{"name":"x","b":1.0,"a":{"d":1,"c":2}}],"limits":{"deadline":"PT24H","maxMalformedShare":5e-2}}"""
        );
        var b = Read(
            """
            {"limits":{"maxMalformedShare":0.050}, "parsing":{"method":"text","stripQuotes":true}, "gate":null,
             "metrics":[{"a":{"c":2,"d":1.0},"b":1,"name":"x"}], "model":"m", "task":"generation", "$schema":"x"}
            """
        );
        Assert.Equal(SpecReader.Canonical(a), SpecReader.Canonical(b));
    }

    [Fact]
    public void Canonical_tells_how_label_probabilities_are_had_only_where_that_is_not_the_default()
    {
        string Classify(string field) =>
            SpecReader.Canonical(Read($$"""{"task":"classification","model":"m","labels":["a","b"]{{field}}}"""));

        Assert.Equal(Classify(""), Classify(""","labelProbabilities":"alternatives" """));
        Assert.NotEqual(Classify(""), Classify(""","labelProbabilities":"exact" """));
        Assert.Equal(LabelProbabilityMethod.Exact, Read(Classify(""","labelProbabilities":"exact" """)).LabelProbabilities);
    }

    [Theory]
    [InlineData("\"baseline\":\"b\"")]
    [InlineData("\"sampling\":{\"temperature\":null}")]
    [InlineData("\"sampling\":{\"stop\":[\"x\"]}")]
    [InlineData("\"metrics\":[{\"name\":\"x\",\"a\":1}]")]
    [InlineData("\"gate\":{\"rules\":[{\"metric\":\"a\",\"minimum\":1}]}")]
    [InlineData("\"limits\":{\"deadline\":\"PT1H\"}")]
    [InlineData("\"parsing\":{\"aliases\":{\"a\":\"b\"}}")]
    public void Canonical_changes_with_any_field_and_is_a_spec_itself(string field)
    {
        var spec = Read(With(field));
        var canonical = SpecReader.Canonical(spec);
        Assert.NotEqual(SpecReader.Canonical(Read(Minimal)), canonical);
        Assert.Equal(canonical, SpecReader.Canonical(Read(canonical)));
    }

    private static EvaluationSpec Read(string json) => SpecReader.Read(json, "tickets/evaluation.json");

    private static string With(string field) => Minimal[..^1] + "," + field + "}";

    private static void AssertMisfit(string json, string path, string fix)
    {
        var e = Assert.Throws<SpecException>(() => Read(json));
        Assert.Equal(path, e.Path);
        Assert.Contains(fix, e.Problem, StringComparison.Ordinal);
        Assert.StartsWith($"tickets/evaluation.json: {path}: ", e.Message, StringComparison.Ordinal);
    }
}
