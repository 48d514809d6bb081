namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>
/// Sends a request once more, on a new connection, when the server closed the reused one before the first byte of a response. That happens
/// when a server closes a connection that it said it would keep (llama-server does after each stream), or one that was idle for too long,
/// in the moment in which it is used again.
/// </summary>
/// <remarks>
/// SocketsHttpHandler repeats such a request by itself only where it has no body. RFC 9112, section 9.3.1, lets a client repeat a request
/// that it knows was not applied. That is known by the order of what arrives: a server that has closed before it saw the request sends its
/// FIN before anything else, while one that fails at the request resets the connection. After a stream a reset counts too: a server that
/// closes without a shutdown resets what arrived meanwhile. A server that reads a request and closes without a word cannot be told from one
/// that did not read it. The repetition is the only one, so no attempt sends a request more than twice.
/// </remarks>
internal sealed class StaleConnectionHandler : DelegatingHandler
{
    private static readonly AsyncLocal<Use?> Current = new();

    private readonly HttpMessageInvoker _fresh;

    /// <summary>Creates the handler.</summary>
    /// <param name="pooled">Sends on connections that are reused.</param>
    /// <param name="fresh">Sends each request on a connection of its own.</param>
    public StaleConnectionHandler(SocketsHttpHandler pooled, SocketsHttpHandler fresh)
        : base(pooled)
    {
        pooled.PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new ObservedConnection(context.PlaintextStream));
        _fresh = new HttpMessageInvoker(fresh);
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var use = new Use();
        Current.Value = use; // Seen by the connection that is written to; nobody above sees it.
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (use.Connection is { } connection)
            {
                connection.HasStreamed = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
            }

            return response;
        }
        catch (HttpRequestException) when (use.WasStale && !cancellationToken.IsCancellationRequested)
        {
            return await _fresh.SendAsync(request, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _fresh.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>One request and the connection it is written to.</summary>
    private sealed class Use
    {
        private long _receivedBefore;

        public ObservedConnection? Connection { get; private set; }

        /// <summary>Whether the connection was used before, and closed before a byte of this request's response came.</summary>
        public bool WasStale =>
            _receivedBefore > 0
            && Connection is { } connection
            && connection.Received == _receivedBefore
            && (connection.HasEnded || connection.HasStreamed);

        public void Write(ObservedConnection connection)
        {
            if (Connection != connection)
            {
                (Connection, _receivedBefore) = (connection, connection.Received);
            }
        }
    }

    /// <summary>A connection that counts what it receives; above TLS, so that only HTTP counts.</summary>
    private sealed class ObservedConnection(Stream inner) : Stream
    {
        private readonly byte[] _probe = new byte[1];
        private long _received;
        private volatile bool _hasEnded;

        /// <summary>Bytes received.</summary>
        public long Received => Volatile.Read(ref _received);

        /// <summary>Whether the server has sent its FIN.</summary>
        public bool HasEnded => _hasEnded;

        /// <summary>Whether the last response was a stream of events.</summary>
        public bool HasStreamed { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = await inner.ReadAsync(buffer, cancellationToken);
            Count(bytes, buffer.Length);
            return bytes;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            var bytes = inner.Read(buffer, offset, count);
            Count(bytes, count);
            return bytes;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Current.Value?.Write(this);
            try
            {
                await inner.WriteAsync(buffer, cancellationToken);
            }
            catch (IOException)
            {
                await LookForEndAsync(cancellationToken);
                throw;
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Count(int bytes, int asked)
        {
            Interlocked.Add(ref _received, bytes);
            if (bytes == 0 && asked > 0)
            {
                _hasEnded = true;
            }
        }

        /// <summary>A write that fails does not say why: a FIN that came before is still there to be read.</summary>
        private async Task LookForEndAsync(CancellationToken cancellationToken)
        {
            try
            {
                Count(await inner.ReadAsync(_probe, cancellationToken), _probe.Length);
            }
            catch (Exception unknown) when (unknown is IOException or NotSupportedException)
            {
                // The server reset the connection without a FIN; or TLS is being read already, which finds the end by itself.
            }
        }
    }
}
