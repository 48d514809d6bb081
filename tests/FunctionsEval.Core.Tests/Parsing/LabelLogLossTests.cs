using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>
/// The log loss from the likeliest tokens alone, held against that of the model's whole distribution (<see cref="LabelTokenModel"/>): 64
/// labels of three to five tokens that
/// begin alike, as intents do.
/// </summary>
public sealed class LabelLogLossTests
{
    private static readonly string[] Heads = ["card", "cash", "refund", "transfer", "top_up", "pin", "exchange", "verify"];
    private static readonly string[] Tails = ["_arrival", "_limits", "_not_working", "_pending", "_charge", "_failed", "_cancel", ""];

    private static readonly string[] Labels = [.. Heads.SelectMany(head => Tails.Select(tail => head + tail))];

    /// <summary>
    /// A tuned model, which is sure and whose doubts are among labels that begin alike, and a base model, which knows little and mostly
    /// says something else; with as many top log probabilities as the chat and the completions API give, with and without a token for the
    /// end. Leaving out what is ambiguous or unseen gives 4.42 for the tuned model, whose exact value is 0.63.
    /// </summary>
    [Theory]
    [InlineData(0.85, 0.9, 1, 0.02, 20, true)]
    [InlineData(0.85, 0.9, 1, 0.02, 20, false)]
    [InlineData(0.85, 0.9, 1, 0.02, 5, true)]
    [InlineData(0.85, 0.9, 1, 0.02, 5, false)]
    [InlineData(0.02, 0, 4, 0.6, 20, true)]
    [InlineData(0.02, 0, 4, 0.6, 20, false)]
    [InlineData(0.02, 0, 4, 0.6, 5, true)]
    [InlineData(0.02, 0, 4, 0.6, 5, false)]
    public void Log_loss_is_near_that_of_the_whole_distribution(
        double sureness,
        double near,
        int evenness,
        double elsewhere,
        int tops,
        bool withEnd
    )
    {
        var random = new Random(17);
        var parser = Spec.CreateParser();
        var metric = MetricCatalog.Create(
            ClassificationTask.Instance,
            [new MetricSpec { Name = "log_loss" }],
            new MetricSettings { Labels = Labels }
        )[0];
        var (samples, exact) = (new List<MetricSample>(), 0.0);
        const int Samples = 400;
        for (var sample = 0; sample < Samples; sample++)
        {
            var (model, actual) = Draw(random, sureness, near, evenness, elsewhere);
            var reading = parser.ReadLabelProbabilities(model.Answer(tops, withEnd));
            samples.Add(new MetricSample { References = [actual], LabelProbabilities = reading!.Probabilities });
            exact -= Math.Log(model.Exact(actual, Labels)) / Samples;
        }

        var estimate = Assert.Single(MetricScore.Report([metric], samples).Results);
        Assert.Equal(Samples, estimate.Samples);
        Assert.InRange(estimate.Value!.Value, exact * 0.9, exact * 1.1);
    }

    private static EvaluationSpec Spec =>
        new()
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = Labels,
        };

    /// <summary>A model for one sample, and the sample's label, drawn from what the model believes.</summary>
    private static (LabelTokenModel Model, string Actual) Draw(Random random, double sureness, double near, int evenness, double elsewhere)
    {
        var favourite = random.Next(Labels.Length);
        var weights = Labels
            .Select(
                (_, index) =>
                    Enumerable.Range(0, evenness).Average(_ => -Math.Log(1 - random.NextDouble()))
                    * (index / Tails.Length == favourite / Tails.Length ? (near * Heads.Length) + (1 - near) : 1 - near)
            )
            .ToArray();
        var total = weights.Sum();
        var probabilities = weights
            .Select((weight, label) => (weight / total * (1 - sureness)) + (label == favourite ? sureness : 0))
            .ToArray();
        var answers = new List<(string[] Tokens, double Probability)>();
        foreach (var (label, probability) in Labels.Zip(probabilities))
        {
            // Mostly in the usual tokens, sometimes in others.
            var own = probability * (1 - elsewhere);
            answers.Add((Split(label, 4), own * 0.97));
            answers.Add((Split(label, 2), own * 0.03));
        }

        foreach (var word in Enumerable.Range(0, 30))
        {
            answers.Add((["I", $" think{word}"], elsewhere / 60));
            answers.Add(([$"The{word}"], elsewhere / 60));
        }

        var draw = random.NextDouble();
        var actual = 0;
        while (actual < Labels.Length - 1 && (draw -= probabilities[actual]) > 0)
        {
            actual++;
        }

        return (new LabelTokenModel(answers), Labels[actual]);
    }

    private static string[] Split(string text, int size) => [.. text.Chunk(size).Select(piece => new string(piece))];
}
