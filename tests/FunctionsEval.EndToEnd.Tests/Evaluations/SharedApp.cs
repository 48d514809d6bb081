using System.Collections.Concurrent;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// One app for the tests of a class, which other classes had before and will have after it; shards of ten rows, so that small datasets have
/// several.
/// </summary>
public class SharedApp : IAsyncLifetime
{
    private readonly AppPool _pool;
    private readonly (string Name, string Value) _kind;

    public SharedApp(AppPool pool)
        : this(pool, "evaluations") { }

    /// <param name="pool">Where it is borrowed.</param>
    /// <param name="kind">Classes of another kind have other apps.</param>
    protected SharedApp(AppPool pool, string kind) => (_pool, _kind) = (pool, ("Tests__Kind", kind));

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
        App = await EvaluationApp.BorrowAsync(_pool, ("Evaluation__MinRowsPerShard", "10"), ("Evaluation__MaxRowsPerShard", "10"), _kind);
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return App.DisposeAsync();
    }
}

/// <summary>For classes whose models refuse or throttle: what an app learns of a model stays with it.</summary>
public sealed class RefusedApp(AppPool pool) : SharedApp(pool, "refusals");

/// <summary>For classes that look at pages, lists of all runs among them.</summary>
public sealed class BrowsedApp(AppPool pool) : SharedApp(pool, "pages");
