using System.Collections.Concurrent;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>One app for the tests of a class; shards of ten rows, so that small datasets have several.</summary>
public sealed class SharedApp : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TableEntity>>> _runs = new();

    private readonly ConcurrentDictionary<string, Lazy<Task<(string Good, string Bad)>>> _pairs = new();

    internal EvaluationApp App { get; private set; } = null!;

    /// <summary>The run of a dataset, evaluated when the first test asks for it: tests that look at one run share it.</summary>
    internal Task<TableEntity> EvaluateOnceAsync(string dataset, string spec, IEnumerable<string> lines) =>
        _runs.GetOrAdd(dataset, _ => new Lazy<Task<TableEntity>>(() => App.EvaluateAsync(dataset, spec, lines))).Value;

    /// <summary>Two runs of a dataset that tests compare, started when the first test asks for them.</summary>
    internal Task<(string Good, string Bad)> TwoRunsOnceAsync(string dataset, Func<Task<(string Good, string Bad)>> startAsync) =>
        _pairs.GetOrAdd(dataset, _ => new Lazy<Task<(string Good, string Bad)>>(startAsync)).Value;

    public async ValueTask InitializeAsync()
    {
        App = await EvaluationApp.StartAsync(("Evaluation__MinRowsPerShard", "10"), ("Evaluation__MaxRowsPerShard", "10"));
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
