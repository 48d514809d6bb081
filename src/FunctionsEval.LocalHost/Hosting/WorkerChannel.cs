using System.Collections.Concurrent;
using System.Threading.Channels;
using FunctionsEval.LocalHost.Hosting.Rpc;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>The conversation with one worker process: requests out, responses matched by request id, log records in.</summary>
internal sealed class WorkerChannel(ILoggerFactory loggers)
{
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, PendingRequest> _pending = new();
    private readonly ConcurrentDictionary<string, string> _runningFunctions = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the worker has opened its stream.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Completes when the worker's stream has ended, in whatever way.</summary>
    public Task Disconnected => _disconnected.Task;

    /// <summary>
    /// The address at which the worker serves HTTP functions itself (ASP.NET Core integration), or null if it answers over this channel.
    /// </summary>
    public string? HttpAddress { get; private set; }

    /// <summary>The number of invocations the worker has not answered yet.</summary>
    public int InFlight => _runningFunctions.Count;

    /// <summary>Carries messages both ways until the worker's stream ends.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> incoming,
        IServerStreamWriter<StreamingMessage> outgoing,
        CancellationToken cancellationToken
    )
    {
        _connected.TrySetResult();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(outgoing, ended.Token);
        try
        {
            while (await incoming.MoveNext(cancellationToken))
            {
                Receive(incoming.Current);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            // The worker has ended; WorkerSupervisor reports that, with the exit code.
        }
        finally
        {
            await ended.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _disconnected.TrySetResult();
        }
    }

    /// <summary>Introduces the host to the worker and returns the functions it offers.</summary>
    public async Task<IReadOnlyList<RpcFunctionMetadata>> InitializeAsync(string appDirectory, CancellationToken cancellationToken)
    {
        var initialized = await RequestAsync(
            new StreamingMessage
            {
                WorkerInitRequest = new WorkerInitRequest
                {
                    HostVersion = "4.0.0",
                    WorkerDirectory = appDirectory,
                    FunctionAppDirectory = appDirectory,
                },
            },
            cancellationToken
        );
        ThrowIfFailed(initialized.WorkerInitResponse.Result);
        HttpAddress = initialized.WorkerInitResponse.Capabilities.GetValueOrDefault("HttpUri");

        var metadata = await RequestAsync(
            new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = appDirectory } },
            cancellationToken
        );
        ThrowIfFailed(metadata.FunctionMetadataResponse.Result);
        return metadata.FunctionMetadataResponse.FunctionMetadataResults;
    }

    /// <summary>Makes the worker load the functions.</summary>
    public async Task LoadAsync(IEnumerable<RpcFunctionMetadata> functions, CancellationToken cancellationToken)
    {
        var loaded = await Task.WhenAll(
            functions.Select(function =>
                RequestAsync(
                    new StreamingMessage
                    {
                        FunctionLoadRequest = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function },
                    },
                    cancellationToken
                )
            )
        );
        foreach (var message in loaded)
        {
            ThrowIfFailed(message.FunctionLoadResponse.Result);
        }
    }

    /// <summary>Runs one invocation. Cancellation is passed on to the function, whose answer is still awaited.</summary>
    /// <param name="functionName">The function's name, for its log records.</param>
    /// <param name="request">What the worker is to do.</param>
    /// <param name="whileRunning">Runs once the worker has got the request; it is cancelled when the worker goes away, and the result waits
    /// for it. Null: nothing.</param>
    /// <param name="cancellationToken">Asks the function to stop.</param>
    /// <exception cref="WorkerUnavailableException">The worker went away before it got the request.</exception>
    /// <exception cref="WorkerProcessExitException">The worker went away before it answered.</exception>
    public async Task<InvocationResponse> InvokeAsync(
        string functionName,
        InvocationRequest request,
        Func<CancellationToken, Task>? whileRunning,
        CancellationToken cancellationToken
    )
    {
        var id = request.InvocationId;
        _runningFunctions[id] = functionName;
        using var accompanying = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var accompanied = Task.CompletedTask;
        try
        {
            var pending = Send(new StreamingMessage { RequestId = id, InvocationRequest = request });
            await using var registration = cancellationToken.Register(() =>
                _outgoing.Writer.TryWrite(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = id } })
            );
            if (whileRunning is not null)
            {
                await pending.Sent;
                accompanied = whileRunning(accompanying.Token);
            }
            return (await pending.Response).InvocationResponse;
        }
        catch
        {
            // However the invocation ended, what accompanies it must not go on without it.
            await accompanying.CancelAsync();
            throw;
        }
        finally
        {
            _runningFunctions.TryRemove(id, out _);
            await accompanied;
        }
    }

    /// <summary>Asks the worker to end within <paramref name="grace"/>.</summary>
    public void Terminate(TimeSpan grace) =>
        _outgoing.Writer.TryWrite(
            new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(grace) } }
        );

    /// <summary>Fails what is still waiting for an answer, and whatever is asked from now on.</summary>
    public void Close(string reason)
    {
        _connected.TrySetException(new WorkerProcessExitException(reason));
        _outgoing.Writer.TryComplete();
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var request))
            {
                request.Fail(reason);
            }
        }
    }

    private Task<StreamingMessage> RequestAsync(StreamingMessage message, CancellationToken cancellationToken)
    {
        message.RequestId = Guid.NewGuid().ToString();
        return Send(message).Response.WaitAsync(cancellationToken);
    }

    private PendingRequest Send(StreamingMessage message)
    {
        var request = new PendingRequest();
        _pending[message.RequestId] = request;
        if (!_outgoing.Writer.TryWrite(message) && _pending.TryRemove(message.RequestId, out _))
        {
            request.Fail("The worker process is not connected.");
        }

        return request;
    }

    private async Task SendAsync(IServerStreamWriter<StreamingMessage> stream, CancellationToken cancellationToken)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
        {
            if (_pending.TryGetValue(message.RequestId, out var request))
            {
                request.MarkSent();
            }

            await stream.WriteAsync(message, cancellationToken);
        }
    }

    private void Receive(StreamingMessage message)
    {
        // The worker's last message, after WorkerTerminate, has no content and answers nothing.
        if (message.ContentCase == StreamingMessage.ContentOneofCase.RpcLog)
        {
            Log(message.RpcLog);
        }
        else if (_pending.TryRemove(message.RequestId, out var request))
        {
            request.Complete(message);
        }
    }

    private void Log(RpcLog record)
    {
        var category =
            record.InvocationId.Length > 0 && _runningFunctions.TryGetValue(record.InvocationId, out var function)
                ? $"Function.{function}.User"
                : record.Category;
        var text = record.Exception is null
            ? record.Message
            : $"{record.Message}\n{record.Exception.Message}\n{record.Exception.StackTrace}";
        loggers.CreateLogger(category.Length > 0 ? category : "Worker").Log((LogLevel)record.Level, "{Message}", text);
    }

    private static void ThrowIfFailed(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new FunctionFailedException(result);
        }
    }

    private sealed class PendingRequest
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<StreamingMessage> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Sent => _sent.Task;

        public Task<StreamingMessage> Response => _response.Task;

        public void MarkSent() => _sent.TrySetResult();

        public void Complete(StreamingMessage message) => _response.TrySetResult(message);

        public void Fail(string reason)
        {
            var neverSent = _sent.TrySetException(new WorkerUnavailableException());
            _response.TrySetException(neverSent ? new WorkerUnavailableException() : new WorkerProcessExitException(reason));
        }
    }
}
