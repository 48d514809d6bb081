using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Whether the model that answers name is the one that was asked for, in the forms in which servers name it.</summary>
public sealed class AnsweringModelTests
{
    [Theory]
    [InlineData("gpt-4o", "gpt-4o", true)]
    [InlineData("gpt-4o", "GPT-4o", true)]
    [InlineData("gpt-4o", "gpt-4o-2024-08-06", true)]
    [InlineData("gpt-4", "gpt-4-0613", true)]
    [InlineData("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022", true)]
    [InlineData("mistral-large-latest", "mistral-large-2411", true)]
    [InlineData("llama3", "llama3:latest", true)]
    [InlineData("tuned", "/models/tuned.gguf", true)]
    [InlineData("tuned", "C:\\models\\tuned-Q4_K_M.gguf", true)]
    [InlineData("tuned-q8_0.gguf", "tuned-q8_0", true)]
    [InlineData("meta-llama/Llama-3.1-8B", "Llama-3.1-8B", true)]
    [InlineData("accounts/a/models/tuned", "tuned", true)]
    [InlineData("openai/gpt-4o", "openai/gpt-4o-2024-08-06", true)]
    [InlineData("ft:gpt-4o-mini-2024-07-18:org::id", "ft:gpt-4o-mini-2024-07-18:org::id", true)]
    [InlineData("tuned", "/models/tuned-Q4_K_M-00001-of-00003.gguf", true)]
    [InlineData("tuned", "tuned-UD-Q4_K_XL.gguf", true)]
    [InlineData("org/tuned", "org/tuned-GGUF:Q4_K_M", true)]
    [InlineData("org/tuned-GGUF", "org/tuned-GGUF:Q8_0", true)]
    [InlineData("org/tuned", "/models/tuned-Q4_K_M.gguf", true)]
    [InlineData("org/tuned", "models\\tuned.gguf", true)]
    [InlineData("org/tuned", "/models/base-Q4_K_M.gguf", false)]
    [InlineData("org/tuned-GGUF:Q4_0", "org/tuned-GGUF:Q8_0", false)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    [InlineData("gpt-4o", "gpt-4o-mini-2024-07-18", false)]
    [InlineData("gpt-4o-2024-08-06", "gpt-4o-2024-05-13", false)]
    [InlineData("gpt-4o-2024-08-06", "gpt-4o", false)]
    [InlineData("ft:gpt-4o-mini-2024-07-18:org::id", "gpt-4o-mini-2024-07-18", false)]
    [InlineData("tuned-1", "tuned-2", false)]
    [InlineData("tuned", "tuned-0002", false)]
    [InlineData("tuned", "/models/base.gguf", false)]
    [InlineData("tuned-q4_0", "tuned-q8_0", false)]
    [InlineData("one/model", "other/model", false)]
    [InlineData("no-such-model", "banking77", false)]
    public void Name_in_an_answer_fits_the_model_that_was_asked_or_does_not(string asked, string answered, bool fits)
    {
        Assert.Equal(fits, AnsweringModel.IsAskedFor(Model(ModelProviders.OpenAICompatible, asked), answered));
        Assert.Equal(fits, AnsweringModel.IsAskedFor(Model(ModelProviders.OpenAI, asked), answered));
        // A deployment's name says nothing about the model behind it.
        Assert.True(AnsweringModel.IsAskedFor(Model(ModelProviders.AzureOpenAI, asked), answered));
    }

    [Theory]
    [InlineData("https://resource.openai.azure.com/openai/v1", true)]
    [InlineData("https://resource.services.ai.azure.com/openai/v1", true)]
    [InlineData("https://resource.openai.azure.com.example.org/v1", false)]
    public void Deployment_in_Azure_has_a_name_of_its_own_whichever_API_is_called(string endpoint, bool fits)
    {
        var model = Model(ModelProviders.OpenAICompatible, "deployed") with { Endpoint = new Uri(endpoint) };

        Assert.Equal(fits, AnsweringModel.IsAskedFor(model, "gpt-4o-mini-2024-07-18"));
    }

    [Fact]
    public void Answers_of_another_model_are_a_warning_that_counts_them_and_names_the_setting()
    {
        var warning = Assert.Single(
            SourceWarnings.From("candidate", Model(ModelProviders.OpenAICompatible, "no-such-model"), Sources(("banking77", "b1", 180)))
        );

        Assert.Equal(
            "candidate: model 'no-such-model' was asked, but 180 of 180 answers name 'banking77' (180). The numbers may be those of another model: check Models__m__Deployment and which model the server has loaded.",
            warning
        );
    }

    [Fact]
    public void Changes_during_a_run_are_warnings_whatever_the_provider()
    {
        var sources = Sources(("gpt-4o-2024-08-06", "fp_1", 150), ("gpt-4o-2024-11-20", "fp_2", 50));

        var warnings = SourceWarnings.From("baseline", Model(ModelProviders.AzureOpenAI, "deployed"), sources).ToList();

        Assert.Equal(2, warnings.Count);
        Assert.StartsWith(
            "baseline: answers of this run name different models, 'gpt-4o-2024-08-06' (150), 'gpt-4o-2024-11-20' (50). ",
            warnings[0],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "baseline: the system fingerprint changed during the run, 'fp_1' (150), 'fp_2' (50). ",
            warnings[1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Model_as_asked_or_without_a_name_is_no_warning()
    {
        Assert.Empty(SourceWarnings.From("candidate", Model(ModelProviders.OpenAI, "gpt-4o"), Sources(("gpt-4o-2024-08-06", "fp_1", 3))));
        Assert.Empty(SourceWarnings.From("candidate", Model(ModelProviders.OpenAI, "gpt-4o"), Sources((null, null, 3))));
        Assert.Empty(SourceWarnings.From("candidate", model: null, Sources(("other", null, 3))));
    }

    [Fact]
    public void Counts_add_up_in_any_order_and_the_most_frequent_names_are_kept()
    {
        var (left, right) = (Sources(("a", "f", 2), ("b", null, 1)), Sources(("b", "f", 4)));
        var (one, other) = (new AnswerSources(), new AnswerSources());
        one.Merge(left);
        one.Merge(right);
        other.Merge(right);
        other.Merge(left);

        Assert.Equal(one.Models, other.Models);
        Assert.Equal([new("a", 2), new("b", 5)], one.Models);
        Assert.Equal([new("f", 6)], one.SystemFingerprints);
        Assert.Equal(["b", "a"], AnswerSources.ByFrequency(one.Models));
        var many = new AnswerSources();
        foreach (var number in Enumerable.Range(0, 1000))
        {
            many.Merge(Sources(($"{number:D4}", null, number)));
        }

        Assert.Equal(Enumerable.Range(980, 20).Select(number => $"{number:D4}"), many.Bounded().Models.Keys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Model_and_fingerprint_of_an_answer_are_kept(bool streamed)
    {
        await using var harness = await CallHarness.StartAsync(
            streamed
                ? Replies.Events(
                    """{"model":"","choices":[]}""",
                    """{"model":"served","system_fingerprint":"fp_1","choices":[{"delta":{"content":"billing"},"finish_reason":"stop"}]}""",
                    "[DONE]"
                )
                : Replies.Json(
                    200,
                    """{"model":"served","system_fingerprint":"fp_1","choices":[{"message":{"content":"billing"},"finish_reason":"stop"}]}"""
                )
        );

        var completion = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = streamed }));

        Assert.Equal(("served", "fp_1"), (completion.Model, completion.SystemFingerprint));
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("7", null)]
    [InlineData("\" \"", null)]
    [InlineData("\"a\\nb\"", "ab")]
    public async Task Name_of_a_model_is_a_short_text_on_one_line_or_none(string json, string? expected)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                $$"""{"model":{{json}},"system_fingerprint":"{{new string('x', 1000)}}","choices":[{"message":{"content":"billing"},"finish_reason":"stop"}]}"""
            )
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal((expected, 128), (completion.Model, completion.SystemFingerprint!.Length));
    }

    private static ModelOptions Model(ModelProvider provider, string deployment) =>
        new()
        {
            Name = "m",
            Section = "m",
            Provider = provider,
            Endpoint = new Uri("http://127.0.0.1"),
            Deployment = deployment,
        };

    private static AnswerSources Sources(params (string? Model, string? Fingerprint, int Count)[] answers)
    {
        var sources = new AnswerSources();
        foreach (var (model, fingerprint, count) in answers)
        {
            for (var number = 0; number < count; number++)
            {
                sources.Add(
                    new EvaluatedSample
                    {
                        Id = "s",
                        Ordinal = 0,
                        Line = 1,
                        Offset = 0,
                        Outcome = Outcome.Scored,
                        Model = model,
                        SystemFingerprint = fingerprint,
                    }
                );
            }
        }

        return sources;
    }
}
