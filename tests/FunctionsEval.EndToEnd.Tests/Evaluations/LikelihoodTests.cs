using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>Runs that score the probabilities a model gives: to labels, and to the choices of a question.</summary>
public sealed class LikelihoodTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const int Rows = 30;

    private const string LabelSpec = """
        {"task":"classification","model":"recorded","labels":["yes","no"],"positiveLabel":"yes","prompt":{"user":"{{ input }}"},
         "metrics":["log_loss","brier","roc_auc","average_precision","calibration","accuracy"]}
        """;

    private const string ChoiceSpec = """
        {"task":"multiple_choice","model":"recorded-lm","prompt":{"user":"Question {{ input }} Answer: "}}
        """;

    private static readonly string[][] Choices =
    [
        ["aa", "b", "ccc dd"],
        ["zz", "aaaa a"],
        ["q", "r", "s", "t"],
    ];

    private static readonly (string[] Choices, int Gold)[] Questions =
    [
        .. Enumerable.Range(0, Rows).Select(number => (Choices[number % 3], number % Choices[number % 3].Length)),
    ];

    private readonly EvaluationApp _app = shared.App;

    /// <summary>Oracle: the definitions, worked out here from the probabilities that the endpoint gives.</summary>
    [Fact]
    public async Task Label_probabilities_give_the_scores_of_their_definitions()
    {
        var run = await ScoredLabelsAsync();

        Assert.Equal("Completed", run.GetString("Status"));
        int[] all = [.. Enumerable.Range(0, Rows)];
        var pairs = from yes in all where IsYes(yes) from no in all where !IsYes(no) select Probability(yes) > Probability(no) ? 1 : 0;
        var ranked = all.OrderByDescending(Probability).ToArray();
        var precisions = ranked
            .Index()
            .Where(item => IsYes(item.Item))
            .Select(item => (double)ranked.Take(item.Index + 1).Count(IsYes) / (item.Index + 1));
        await AssertValueAsync(
            run,
            "log_loss",
            all.Average(number => -Math.Log(IsYes(number) ? Probability(number) : 1 - Probability(number)))
        );
        await AssertValueAsync(run, "brier", all.Average(number => Math.Pow(Probability(number) - (IsYes(number) ? 1 : 0), 2)));
        await AssertValueAsync(run, "roc_auc", pairs.Average());
        await AssertValueAsync(run, "average_precision", precisions.Average());
    }

    [Fact]
    public async Task Calibration_counts_every_sample_in_one_bin()
    {
        var summary = await _app.SummaryAsync((await ScoredLabelsAsync()).PartitionKey);

        var bins = summary["calibration"]!.AsArray().Single()!["bins"]!.AsArray();
        Assert.Equal(Rows, bins.Sum(bin => (int)bin!["count"]!));
    }

    [Fact]
    public async Task Offline_score_of_label_probabilities_gives_the_runs_numbers()
    {
        var runId = (await ScoredLabelsAsync()).PartitionKey;

        var offline = await _app.ScoreOfflineAsync(runId, LabelSpec);

        Assert.NotEmpty(offline.Metrics);
        foreach (var line in offline.Metrics)
        {
            var row = await _app.MetricAsync(runId, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal((line.Value, line.Lower, line.Upper), (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper")));
            Assert.NotEqual(line.Lower is null, line.NoInterval is null);
        }
    }

    /// <summary>Oracle: lm-evaluation-harness' definitions, worked out here from the endpoint's rule for words.</summary>
    [Fact]
    public async Task Multiple_choice_is_scored_by_the_likelihood_of_each_choice()
    {
        var run = await ScoredChoicesAsync();

        Assert.Equal("Completed", run.GetString("Status"));
        await AssertValueAsync(
            run,
            "acc",
            Questions.Average(question => question.Choices.MaxBy(Likelihood) == question.Choices[question.Gold] ? 1 : 0)
        );
        await AssertValueAsync(
            run,
            "acc_norm",
            Questions.Average(question =>
                question.Choices.MaxBy(choice => Likelihood(choice) / choice.Length) == question.Choices[question.Gold] ? 1 : 0
            )
        );
        await AssertValueAsync(
            run,
            "choice_brier",
            Questions.Average(question =>
            {
                var total = question.Choices.Sum(choice => Math.Exp(Likelihood(choice)));
                return question
                    .Choices.Select(
                        (choice, index) => Math.Pow((Math.Exp(Likelihood(choice)) / total) - (index == question.Gold ? 1 : 0), 2)
                    )
                    .Sum();
            })
        );
    }

    [Fact]
    public async Task Each_choice_is_asked_for_once_after_the_prompt()
    {
        await ScoredChoicesAsync();

        Assert.Equal(1, _app.Endpoint.Requests["echo Question choice 7 Answer: aaaa a"]);
    }

    [Fact]
    public async Task Offline_score_of_choices_gives_the_runs_accuracy()
    {
        var runId = (await ScoredChoicesAsync()).PartitionKey;

        var offline = await _app.ScoreOfflineAsync(runId, ChoiceSpec);

        Assert.Equal(
            (await _app.MetricAsync(runId, "candidate|acc|all")).GetDouble("Value"),
            offline.Metrics.Single(line => line.Name == "acc").Value
        );
    }

    private Task<TableEntity> ScoredLabelsAsync()
    {
        _app.Endpoint.Answer = prompt => (200, Probability(Number(prompt)) >= 0.5 ? "yes" : "no");
        _app.Endpoint.Probabilities = prompt => new Dictionary<string, double>
        {
            ["yes"] = Probability(Number(prompt)) * 0.8,
            ["no"] = (1 - Probability(Number(prompt))) * 0.8,
            ["maybe"] = 0.2, // No label: the others are scaled to 1.
        };
        return shared.EvaluateOnceAsync(
            "prob/test.jsonl",
            LabelSpec,
            Enumerable
                .Range(0, Rows)
                .Select(number => $$"""{"id":"p{{number}}","input":"prob {{number}}","expected":"{{(IsYes(number) ? "yes" : "no")}}"}""")
        );
    }

    private Task<TableEntity> ScoredChoicesAsync() =>
        shared.EvaluateOnceAsync(
            "choice/test.jsonl",
            ChoiceSpec,
            Questions.Select(
                (question, number) =>
                    new JsonObject
                    {
                        ["id"] = $"q{number}",
                        ["input"] = $"choice {number}",
                        ["choices"] = new JsonArray([.. question.Choices.Select(choice => (JsonNode)choice)]),
                        ["answer"] = question.Gold,
                    }.ToJsonString()
            )
        );

    private async Task AssertValueAsync(TableEntity run, string name, double expected)
    {
        var row = await _app.MetricAsync(run.PartitionKey, $"candidate|{name}|all");
        Assert.Equal((long)Rows, row.GetInt64("Samples"));
        Assert.Equal(expected, row.GetDouble("Value")!.Value, 9);
    }

    private static double Probability(int number) => (1 + (number * 7 % Rows)) / 32.0;

    private static bool IsYes(int number) => number % 3 == 0;

    private static int Number(string prompt) => int.Parse(prompt.AsSpan(5), CultureInfo.InvariantCulture);

    private static double Likelihood(string choice) => choice.Split(' ').Sum(RecordingEndpoint.WordLogProbability);
}
