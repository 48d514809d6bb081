using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// What the models of a run were asked about a sample. A run keeps no prompts: they are made again, from the row of the dataset as the run
/// read it, with the code that asked.
/// </summary>
internal sealed class SamplePrompts(RunBlobs blobs, DatasetText texts, ModelRegistry models)
{
    /// <summary>The run's plan; null where its files are gone, or of a form that is not read any more.</summary>
    public async Task<RunPlan?> FindPlanAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await blobs.ReadManifestAsync(runId, cancellationToken);
            var training = manifest.Training is null ? null : await blobs.ReadTrainingExamplesAsync(runId, cancellationToken);
            return new RunPlan(manifest, await blobs.ReadSpecAsync(runId, cancellationToken), training);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or JsonException or SpecException or OptionException)
        {
            return null;
        }
    }

    /// <summary>The prompt of a sample, or why it is not known.</summary>
    public async Task<(SamplePrompt? Prompt, string? Missing)> RenderAsync(
        RunPlan plan,
        SampleResult sample,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await FindRowAsync(plan, sample, cancellationToken) switch
            {
                ValidRow { Sample: var row } when sample.Content is null || plan.Contents.HashOf(row) == sample.Content => (
                    PromptText.From(new SampleRequests(plan).QuestionsFor(row)),
                    null
                ),
                ValidRow => (null, "The row at this place of the dataset is not the one that was evaluated."),
                MalformedRow => (null, "The row is no sample, so no model was asked."),
                _ => (null, "There is no row at this place of the dataset any more."),
            };
        }
        catch (DatasetChangedException)
        {
            return (null, "The dataset was replaced or deleted since the run, and the prompt is made from its row.");
        }
        catch (RequestFailedException missing) when (missing.Status is 404 or 416)
        {
            return (null, "The dataset, or the run's copy of it, was deleted since the run, and the prompt is made from its row.");
        }
        catch (PromptException)
        {
            return (null, "The row does not fit the prompt's template, so no model was asked.");
        }
    }

    /// <summary>What is sent besides the prompt.</summary>
    public SampleParameters ParametersOf(RunPlan plan, SampleResult sample)
    {
        var canonical = JsonNode.Parse(SpecReader.Canonical(plan.Spec))!.AsObject();
        var (sampling, written) = (plan.Spec.Sampling, canonical["sampling"] as JsonObject);
        return new SampleParameters
        {
            Candidate = DescribeModel(plan.ModelOf(Roles.Candidate)),
            Baseline = plan.Manifest.Roles.Count > 1 ? DescribeModel(plan.ModelOf(Roles.Baseline)) : null,
            MaxOutputTokens = sampling.MaxOutputTokens,
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            Seed = sampling.Seed is { } seed ? seed + Math.Max(0, (sample.Repeat ?? 0) - 1) : null,
            Stop = sampling.Stop.Count > 0 ? sampling.Stop : null,
            Stream = sampling.Stream,
            LogProbabilities =
                sampling.LogProbabilities || plan.Measurer.Metrics.Any(metric => metric.Needs.HasFlag(AnswerDetail.LogProbabilities)),
            ReasoningEffort = (string?)written?["reasoningEffort"],
            ReasoningSummary = (string?)written?["reasoningSummary"],
            Verbosity = (string?)written?["verbosity"],
            ResponseFormat = canonical["responseFormat"]?.DeepClone(),
            ToolChoice = canonical["toolChoice"]?.DeepClone(),
        };
    }

    /// <summary>The model as it is configured now, without address and key.</summary>
    private SampleModel DescribeModel(string name) =>
        models.TryGet(name, out var model)
            ? new SampleModel(name, model.Options.Provider.Name, model.Options.Deployment)
            : new SampleModel(name, null, null);

    private async Task<DatasetRow?> FindRowAsync(RunPlan plan, SampleResult sample, CancellationToken cancellationToken)
    {
        if (plan.Manifest.Shards.Index().LastOrDefault(shard => shard.Item.Start <= sample.Offset) is not { Item: not null } found)
        {
            return null;
        }

        await foreach (var row in new ShardReader(plan, found.Index, texts).ReadAsync(cancellationToken))
        {
            if (row.Offset > sample.Offset)
            {
                return null;
            }

            if (row.Offset == sample.Offset && (row.Turn?.Number ?? 0) == (sample.Turn ?? 0))
            {
                return row;
            }
        }

        return null;
    }
}
