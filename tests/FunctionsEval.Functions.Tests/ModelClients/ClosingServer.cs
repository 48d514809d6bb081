using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>What a server does with the second request on a connection.</summary>
internal enum SecondRequest
{
    /// <summary>It has closed the connection in the moment in which the request arrives, after a shutdown: it never reads it.</summary>
    ComesTooLate,

    /// <summary>The same without a shutdown, so that the request is answered by a reset.</summary>
    ComesTooLateForReset,

    /// <summary>It is read, and the connection reset without an answer.</summary>
    IsReadAndReset,

    /// <summary>It is answered in part, and the connection closed.</summary>
    IsAnsweredInPart,
}

/// <summary>An HTTP server of bare sockets that says it keeps its connections, and answers only the first request of each.</summary>
internal sealed class ClosingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly SecondRequest _second;
    private readonly bool _streams;
    private int _read;
    private int _served;

    /// <summary>Starts the server.</summary>
    public ClosingServer(SecondRequest second, bool streams)
    {
        (_second, _streams) = (second, streams);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Endpoint => $"http://{_listener.LocalEndpoint}/v1";

    /// <summary>Requests that were read.</summary>
    public int Read => Volatile.Read(ref _read);

    /// <summary>Requests that were answered whole.</summary>
    public int Served => Volatile.Read(ref _served);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await ReadRequestAsync(socket);
                Interlocked.Increment(ref _served);
                await socket.SendAsync(Encoding.UTF8.GetBytes(_streams ? Stream() : Whole()), _stop.Token);
                // Nothing is read: the next request has arrived, and is still in the system's buffer.
                await socket.ReceiveAsync(Memory<byte>.Empty, _stop.Token);
                await EndAsync(socket);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
                // The test is over, or the client has closed the connection.
            }
        }
    }

    private async Task EndAsync(Socket socket)
    {
        switch (_second)
        {
            case SecondRequest.ComesTooLate:
                socket.Shutdown(SocketShutdown.Both);
                break;
            case SecondRequest.IsReadAndReset:
                await ReadRequestAsync(socket);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                break;
            case SecondRequest.IsAnsweredInPart:
                await ReadRequestAsync(socket);
                await socket.SendAsync("HTTP/1.1 200"u8.ToArray(), _stop.Token);
                socket.Shutdown(SocketShutdown.Send);
                break;
        }
    }

    private async Task ReadRequestAsync(Socket socket)
    {
        var request = new StringBuilder();
        var buffer = new byte[8192];
        while (!IsWhole(request.ToString()))
        {
            var bytes = await socket.ReceiveAsync(buffer, _stop.Token);
            if (bytes == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            request.Append(Encoding.Latin1.GetString(buffer, 0, bytes));
        }
        Interlocked.Increment(ref _read);
    }

    private static bool IsWhole(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        const string Name = "Content-Length: ";
        return end >= 0
            && request.IndexOf(Name, StringComparison.OrdinalIgnoreCase) is >= 0 and var at
            && request.Length - end - 4
                >= int.Parse(request[(at + Name.Length)..request.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Whole() =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: {Replies.Answer.Length}\r\n\r\n{Replies.Answer}";

    private static string Stream()
    {
        string[] events =
        [
            """{"choices":[{"index":0,"delta":{"content":"billing"},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":2}}""",
            "[DONE]",
        ];
        return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=100\r\nTransfer-Encoding: chunked\r\n\r\n"
            + string.Concat(events.Select(data => $"data: {data}\n\n").Select(chunk => $"{chunk.Length:x}\r\n{chunk}\r\n"))
            + "0\r\n\r\n";
    }
}
