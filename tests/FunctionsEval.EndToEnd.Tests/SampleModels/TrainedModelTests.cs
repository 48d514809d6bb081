using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>How good the sample models are. The bands are wide enough for a change of the data, not for a broken model.</summary>
public sealed class TrainedModelTests(SampleModelFixture models, ITestOutputHelper output) : IClassFixture<SampleModelFixture>
{
    [Theory]
    [InlineData("tickets-tuned", 0.80, 0.92)]
    [InlineData("tickets-base", 0.35, 0.65)]
    public async Task Ticket_classifier_reaches_its_band_on_the_test_file(string model, double lowest, double highest)
    {
        var rows = SampleSuites.Rows("support-tickets", "test.jsonl");
        var right = 0;
        foreach (var row in rows)
        {
            var answer = await models.PostAsync(
                "/v1/chat/completions",
                new
                {
                    model,
                    temperature = 0,
                    messages = new[] { new { role = "user", content = SampleSuites.Input(row) } },
                }
            );
            right += (string)answer["choices"]![0]!["message"]!["content"]! == SampleSuites.Label(row) ? 1 : 0;
        }
        output.WriteLine($"{model}: {(double)right / rows.Count:F4}");
        Assert.InRange((double)right / rows.Count, lowest, highest);
    }

    [Theory]
    [InlineData("orders-tuned", 0.70, 0.90)]
    [InlineData("orders-base", 0.40, 0.80)]
    public async Task Order_extractor_reaches_its_band_on_the_test_file(string model, double lowest, double highest)
    {
        var (right, values) = (0, 0);
        foreach (var row in SampleSuites.Rows("extraction", "test.jsonl"))
        {
            var answer = await models.PostAsync(
                "/v1/chat/completions",
                new
                {
                    model,
                    temperature = 0,
                    messages = new[] { new { role = "user", content = SampleSuites.Input(row) } },
                }
            );
            var found = JsonNode.Parse((string)answer["choices"]![0]!["message"]!["content"]!)!.AsObject();
            var expected = JsonNode.Parse(SampleSuites.Label(row))!.AsObject();
            right += expected.Count(field => JsonNode.DeepEquals(field.Value, found[field.Key]));
            values += expected.Count;
        }

        output.WriteLine($"{model}: {(double)right / values:F4}");
        Assert.InRange((double)right / values, lowest, highest);
    }

    [Fact]
    public async Task Trigram_model_has_a_much_lower_perplexity_than_the_unigram_model()
    {
        var trigram = await PerplexityAsync("lm-trigram");
        var unigram = await PerplexityAsync("lm-unigram");
        output.WriteLine($"trigram {trigram:F2}, unigram {unigram:F2}");
        Assert.InRange(trigram, 2, unigram / 4);
    }

    [Fact]
    public async Task Textrank_summaries_are_about_as_good_as_the_lead()
    {
        var textRank = await RougeAsync("summary-textrank");
        var lead = await RougeAsync("summary-lead");
        output.WriteLine($"unigram F1: TextRank {textRank:F4}, lead {lead:F4}");
        Assert.InRange(lead, 0.25, 0.6);
        Assert.InRange(textRank, lead - 0.1, 0.6);
    }

    [Theory]
    [InlineData("harbour-tuned", 0.75, 0.95)]
    [InlineData("harbour-base", 0.6, 0.84)]
    public async Task Harbour_office_calls_the_right_functions_as_often_as_its_band_says(string model, double lowest, double highest)
    {
        var rows = SampleSuites.Rows("tool-calls", "test.jsonl");
        var right = 0;
        foreach (var row in rows)
        {
            using var body = JsonContent.Create(
                new
                {
                    model,
                    messages = new[] { new { role = "user", content = SampleSuites.Input(row) } },
                    tools = row["tools"],
                }
            );
            using var response = await models.Http.PostAsync("/v1/chat/completions", body, TestContext.Current.CancellationToken);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            right += Functions(row["messages"]!.AsArray()[^1]!).SequenceEqual(Functions(answer["choices"]![0]!["message"]!)) ? 1 : 0;
        }

        output.WriteLine($"{model}: {(double)right / rows.Count:F4}");
        Assert.InRange((double)right / rows.Count, lowest, highest);
    }

    private static IEnumerable<string> Functions(JsonNode turn) =>
        turn["tool_calls"] is JsonArray calls ? calls.Select(call => (string)call!["function"]!["name"]!).Order() : [];

    private async Task<double> PerplexityAsync(string model)
    {
        var total = 0.0;
        var count = 0;
        foreach (var row in SampleSuites.Rows("language-modelling", "test.jsonl"))
        {
            var answer = await models.PostAsync(
                "/v1/completions",
                new
                {
                    model,
                    prompt = SampleSuites.Input(row),
                    max_tokens = 0,
                    echo = true,
                    logprobs = 0,
                }
            );
            foreach (var logprob in answer["choices"]![0]!["logprobs"]!["token_logprobs"]!.AsArray().Skip(1))
            {
                total += (double)logprob!;
                count++;
            }
        }
        return Math.Exp(-total / count);
    }

    private async Task<double> RougeAsync(string model)
    {
        var rows = SampleSuites.Rows("summarisation", "test.jsonl");
        var total = 0.0;
        foreach (var row in rows)
        {
            var answer = await models.PostAsync(
                "/v1/chat/completions",
                new
                {
                    model,
                    messages = new[] { new { role = "user", content = $"Summarise in two sentences.\n\n{SampleSuites.Input(row)}" } },
                }
            );
            total += WordOverlap.F1((string)row["expected"]!, (string)answer["choices"]![0]!["message"]!["content"]!);
        }
        return total / rows.Count;
    }
}
