using System.Globalization;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The warnings about answers that name another model than the requested one.</summary>
internal static class SourceWarnings
{
    private const int NamesShown = 3;

    /// <summary>The warnings about one model's answers.</summary>
    /// <param name="caller">Whose answers they are: a role, or a role and a grader.</param>
    /// <param name="model">The model that was asked; null where it is not configured any more.</param>
    /// <param name="sources">Who answered.</param>
    public static IEnumerable<string> From(string caller, ModelOptions? model, AnswerSources sources)
    {
        var others = sources.Models.Where(name => model is not null && !AnsweringModel.IsAskedFor(model, name.Key)).ToList();
        if (others.Count > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{caller}: model '{model!.Deployment}' was asked, but {others.Sum(name => name.Value)} of {sources.Models.Values.Sum()} "
                    + $"answers name {Names(others)}. The numbers may be those of another model: "
                    + $"check {model.Setting(nameof(ModelOptions.Deployment))} and which model the server has loaded."
            );
        }

        if (sources.Models.Count > 1)
        {
            yield return $"{caller}: answers of this run name different models, {Names(sources.Models)}. The numbers mix them: "
                + "name a fixed version of the model and evaluate again.";
        }

        if (sources.OtherDeployments.Count > 0)
        {
            var asked = model is null ? "a deployment" : $"deployment '{model.Deployment}'";
            yield return $"{caller}: {asked} was asked, but answers came from another, {Names(sources.OtherDeployments)} (spillover). "
                + "The numbers mix the two: check that both have the same model and version, or evaluate without spillover.";
        }

        if (sources.Routes.Count > 1)
        {
            yield return $"{caller}: answers of this run came on different routes, {Names(sources.Routes)}, because the settings changed. "
                + "Versions of an API may answer differently: evaluate again.";
        }

        if (sources.SystemFingerprints.Count > 1)
        {
            yield return $"{caller}: the system fingerprint changed during the run, {Names(sources.SystemFingerprints)}. "
                + "The server's configuration changed, so equal prompts may have got different answers: "
                + "compare this run with care, or evaluate again.";
        }
    }

    private static string Names(IReadOnlyCollection<KeyValuePair<string, long>> names)
    {
        var shown = AnswerSources
            .Ordered(names)
            .Take(NamesShown)
            .Select(name => string.Create(CultureInfo.InvariantCulture, $"'{name.Key}' ({name.Value})"));
        return string.Join(", ", shown)
            + (names.Count > NamesShown ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - NamesShown} more") : "");
    }
}
