using System.Text;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>
/// Run ids are hashes of canonical forms: a spec that was read yesterday has the same form today, or a second drop of its dataset is
/// another run. The oracle is what the code gave before; it was recorded by version 0.1.0.
/// </summary>
public sealed class RecordedSpecTests
{
    [Fact]
    public void Canonical_forms_and_run_ids_are_those_of_earlier_versions() =>
        Assert.All(
            RecordedFile.Read<CanonicalForm>("canonical-forms.jsonl"),
            recorded =>
            {
                var spec = SpecReader.Read(recorded.Spec, recorded.File);
                Assert.Equal(recorded.Canonical, SpecReader.Canonical(spec));
                Assert.Equal(recorded.RunId, RunId.Create("account", "datasets", "suite/test.jsonl", "0x8DC", SpecReader.Identity(spec)));
            }
        );

    [Fact]
    public void Canonical_forms_of_earlier_versions_read_as_what_they_are() =>
        Assert.All(
            RecordedFile.Read<CanonicalForm>("canonical-forms.jsonl"),
            recorded =>
                Assert.Equal(
                    recorded.Canonical,
                    SpecReader.Canonical(SpecReader.ReadCanonical(Encoding.UTF8.GetBytes(recorded.Canonical), "runs/ev-1/spec.json"))
                )
        );

    [Fact]
    public void Specs_are_refused_with_the_recorded_messages() =>
        RecordedFile.AssertSame<Refusal>("refusals.jsonl", recorded => recorded with { Message = RefusalOf(recorded) });

    [Fact]
    public void Rules_give_the_recorded_verdicts() => RecordedFile.AssertSame<RuleReading>("verdicts.jsonl", recorded => recorded.Read());

    private static string RefusalOf(Refusal recorded)
    {
        try
        {
            var spec = SpecReader.Read(recorded.Spec, recorded.File);
            MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings);
            return "";
        }
        catch (Exception refused) when (refused is SpecException or OptionException)
        {
            return refused.Message;
        }
    }

    private sealed record CanonicalForm(string File, string Spec, string Canonical, string RunId);

    private sealed record Refusal(string File, string Spec, string Message);

    /// <summary>What one rule says of one set of facts.</summary>
    private sealed record RuleReading(string Rule, string Facts, string Result, string Reason)
    {
        private static readonly Dictionary<string, GateFacts> Known = new()
        {
            ["high"] = FactsOf(new GateMetric(0.9, 0.85, 0.95, 0.1, 0.2, Difference: 0.15, PValue: 0.001)),
            ["low"] = FactsOf(new GateMetric(0.1, 0.05, 0.15, -0.2, -0.1, Difference: -0.15, PValue: 0.001)),
            ["between"] = FactsOf(new GateMetric(0.5, 0.45, 0.55, -0.1, 0.1, Difference: 0.01, PValue: 0.7)),
            ["less is better"] = FactsOf(new GateMetric(0.5, 0.4, 0.6, 0.1, 0.2, HigherIsBetter: false, Difference: 0.15, PValue: 0.001)),
            ["undefined"] = FactsOf(new GateMetric(double.NaN)),
            ["no interval"] = FactsOf(new GateMetric(0.5, NoInterval: "too_few_samples", NoDifferenceInterval: "too_few_samples")),
            ["absent"] = FactsOf(null),
            ["incomplete"] = FactsOf(new GateMetric(0.9)) with { IsComplete = false },
            ["few answered"] = FactsOf(new GateMetric(0.9, 0.85, 0.95, 0.1, 0.2, Difference: 0.15, PValue: 0.001)) with { Coverage = 0.4 },
            ["unparsable, dear"] = FactsOf(new GateMetric(-0.0)) with { UnparsableShare = 0.123, Cost = 100 },
            ["cheap"] = FactsOf(new GateMetric(0.5)) with { Cost = 0.25 },
            ["previous not paired"] = FactsOf(new GateMetric(0.5)) with
            {
                Previous = new PreviousFacts("ev-0", "its metrics differ.", new Dictionary<(string, string), GateMetric>()),
            },
            ["previous without it"] = FactsOf(new GateMetric(0.5)) with
            {
                Previous = new PreviousFacts("ev-0", null, new Dictionary<(string, string), GateMetric>()),
            },
            ["previous worse"] = FactsOfPrevious(-0.9, -0.8),
            ["previous better"] = FactsOfPrevious(0.1, 0.2),
            ["previous near"] = FactsOfPrevious(-0.9, 0.1),
        };

        public RuleReading Read()
        {
            var spec = SpecReader.Read(
                $$"""{"task":"generation","model":"m","baseline":"b","slices":["l"],"gate":{"rules":[{{Rule}}]} }""",
                "evaluation.json"
            );
            var verdict = Gate.Evaluate(spec.Gate, Known[Facts])!;
            return this with
            {
                Result = VerdictNames.NameOf(verdict.Result),
                Reason = string.Join(" / ", verdict.Rules.Select(rule => $"{VerdictNames.NameOf(rule.Result)}: {rule.Reason}")),
            };
        }

        private static GateFacts FactsOf(GateMetric? metric) =>
            new()
            {
                Metrics = metric is null
                    ? new Dictionary<(string, string), GateMetric>()
                    : new Dictionary<(string, string), GateMetric> { [("m", "all")] = metric, [("m", "l=de")] = metric },
                Coverage = 0.97,
                IsComplete = true,
            };

        private static GateFacts FactsOfPrevious(double lower, double upper) =>
            FactsOf(new GateMetric(0.5)) with
            {
                Previous = new PreviousFacts(
                    "ev-0",
                    null,
                    new Dictionary<(string, string), GateMetric>
                    {
                        [("m", "all")] = new(0.5, DifferenceLower: lower, DifferenceUpper: upper),
                    }
                ),
            };
    }
}
