using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.SampleModels;

/// <summary>The app settings of sample models, each under its own id.</summary>
internal static class SampleModelSettings
{
    public static IEnumerable<(string Name, string Value)> SettingsOf(this SampleModelServer models, IEnumerable<string> ids) =>
        ids.SelectMany(id =>
            new[]
            {
                ($"Models__{id}__Provider", "OpenAICompatible"),
                ($"Models__{id}__Endpoint", new Uri(models.Endpoint, "v1").AbsoluteUri),
                ($"Models__{id}__Deployment", id),
            }
        );
}
