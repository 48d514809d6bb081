using FunctionsEval.EndToEnd.Tests.SampleModels;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.SampleModels;

[assembly: AssemblyFixture(typeof(SampleModelApp))]

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// One app whose models are the sample models, for all tests at once that need no other and name their datasets apart. It starts when the
/// first asks for it; shards have twenty rows.
/// </summary>
public sealed class SampleModelApp : IAsyncDisposable
{
    /// <summary>What the name of a model begins with that is asked through the Responses API, and not by chat completions.</summary>
    internal const string ThroughResponses = "responses-";

    private readonly Lazy<Task<(SampleModelServer Models, EvaluationApp App)>> _started = new(StartAsync);

    internal async Task<EvaluationApp> AppAsync() => (await _started.Value).App;

    internal async Task<SampleModelServer> ModelsAsync() => (await _started.Value).Models;

    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
        {
            var (models, app) = await _started.Value;
            await app.DisposeAsync();
            await models.DisposeAsync();
        }
    }

    private static async Task<(SampleModelServer, EvaluationApp)> StartAsync()
    {
        // Not of the test that happens to be the first: others go on when it is cancelled.
        var models = await SampleModelServer.StartAsync(SampleSuites.Directory, port: 0, CancellationToken.None);
        var app = await EvaluationApp.StartAsync([
            ("Evaluation__MinRowsPerShard", "20"),
            ("Evaluation__MaxRowsPerShard", "20"),
            .. models.SettingsOf(models.ModelIds),
            .. models.ModelIds.SelectMany(id =>
                new[]
                {
                    ($"Models__{ThroughResponses}{id}__Provider", "OpenAICompatible"),
                    ($"Models__{ThroughResponses}{id}__Endpoint", new Uri(models.Endpoint, "v1").AbsoluteUri),
                    ($"Models__{ThroughResponses}{id}__Deployment", id),
                    ($"Models__{ThroughResponses}{id}__Api", "Responses"),
                }
            ),
        ]);
        return (models, app);
    }
}
