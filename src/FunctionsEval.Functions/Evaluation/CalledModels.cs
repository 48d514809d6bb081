using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>What the samples of a role are sent to: the role's own model, the graders' models and the HTTP graders.</summary>
internal sealed class CalledModels(ModelRegistry registry, HttpGraderCaller httpGraders, RunPlan plan, string role)
{
    /// <summary>
    /// Samples under evaluation at once: twice the model's slots, because a sample that waits between attempts holds none.
    /// </summary>
    public int Concurrency =>
        !plan.IsStored(role) && registry.TryGet(plan.ModelOf(role), out var model) ? 2 * model.Options.MaxConcurrency : 1;

    /// <summary>
    /// Whether a request to the role's model would get a slot, or wait behind no other. Of stored answers, which take none, always.
    /// </summary>
    public bool AreSlotsFree() => plan.IsStored(role) || !registry.TryGet(plan.ModelOf(role), out var model) || !model.Line.HasWaiting;

    /// <summary>Maximum duration of a call.</summary>
    public TimeSpan MaxCallTime =>
        Configured()
            .Select(model => model.Options.Timeout)
            .Concat(plan.IsStored(role) ? [] : plan.Measurer.GradersOf(role).OfType<HttpGraderSpec>().Select(httpGraders.TimeoutOf))
            .DefaultIfEmpty(TimeSpan.Zero)
            .Max();

    /// <summary>Whether one of the models is known to be unreachable.</summary>
    public bool IsOneAway() => Configured().Any(model => model.Health.IsAway);

    /// <summary>What keeps one of the models from serving any request, in words; null for nothing that is known.</summary>
    public string? FindTrouble() => Configured().Select(model => model.Health.Trouble).FirstOrDefault(trouble => trouble is not null);

    /// <summary>Whether each of the models has ever answered.</summary>
    public bool WereReached() => Configured().All(model => model.Health.WasEverReached);

    private IEnumerable<ConfiguredModel> Configured()
    {
        if (plan.IsStored(role))
        {
            yield break;
        }

        var graders = plan.Measurer.GradersOf(role).OfType<ModelGraderSpec>().Select(grader => grader.Model);
        foreach (var name in graders.Prepend(plan.ModelOf(role)))
        {
            if (registry.TryGet(name, out var model))
            {
                yield return model;
            }
        }
    }
}
