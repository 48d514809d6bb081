using System.Threading.Channels;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Tells functions with a blob trigger of uploads at once, as Event Grid does in Azure, where the polling trigger takes seconds. That
/// trigger goes on: it finds each blob as well, so that every upload is delivered twice here.
/// </summary>
internal sealed class UploadEvents : IAsyncDisposable
{
    /// <summary>
    /// A folder is uploaded file by file, a dataset before its spec perhaps. What is stored within this time of each other is told
    /// together.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    private const int AtOnce = 8;

    private readonly Channel<string> _stored = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly JobHostRunner _jobs;
    private readonly ILogger _logger;
    private readonly ILookup<string, FunctionDescription> _functions;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _delivery;

    /// <param name="jobs">The app.</param>
    /// <param name="loggers">Who is told of a delivery that failed.</param>
    public UploadEvents(JobHostRunner jobs, ILoggerFactory loggers)
    {
        _jobs = jobs;
        _logger = loggers.CreateLogger<UploadEvents>();
        _functions = jobs.Functions.Where(function => function.Trigger.Is("blobTrigger")).ToLookup(ContainerOf);
        _delivery = DeliverAsync();
    }

    /// <summary>The containers whose uploads functions want to be told of.</summary>
    public IEnumerable<string> Containers => _functions.Select(container => container.Key);

    /// <summary>Takes the path of a blob that was stored, beginning with its container.</summary>
    public void Add(string path) => _stored.Writer.TryWrite(path);

    /// <summary>Tells of nothing further, and cancels the functions that were told.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    /// <summary>Waits for the functions that were told; for one that heeds no cancellation until its worker has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _delivery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task DeliverAsync()
    {
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _stopping.Token };
        while (true)
        {
            var paths = new List<string> { await _stored.Reader.ReadAsync(_stopping.Token) };
            using var longest = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            longest.CancelAfter(LongestWait);
            while (await NextAsync(longest.Token) is { } path)
            {
                paths.Add(path);
            }

            await Parallel.ForEachAsync(paths.Distinct(StringComparer.Ordinal), atOnce, async (path, _) => await DeliverAsync(path));
        }
    }

    /// <summary>The path of the next blob; null once nothing was stored for a while.</summary>
    private async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        pause.CancelAfter(Pause);
        try
        {
            return await _stored.Reader.ReadAsync(pause.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task DeliverAsync(string path)
    {
        foreach (var function in _functions[path[..path.IndexOf('/', StringComparison.Ordinal)]])
        {
            try
            {
                await _jobs.CallAsync(function, path, _stopping.Token);
            }
            catch (Exception fault)
            {
                // The polling trigger delivers the blob again.
                _logger.LogDebug(fault, "{Function} failed on {Path}.", function.Name, path);
            }
        }
    }

    private static string ContainerOf(FunctionDescription function) => ((string)function.Trigger.Json["path"]!).Split('/')[0];
}
