using System.Collections.Concurrent;
using System.Net;
using FunctionsEval.LocalHost.Hosting.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>The gRPC endpoint that worker processes connect to, on a free loopback port.</summary>
internal sealed class WorkerServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, WorkerChannel> _expected;

    private WorkerServer(WebApplication server, ConcurrentDictionary<string, WorkerChannel> expected)
    {
        _server = server;
        _expected = expected;
    }

    /// <summary>Where the server listens.</summary>
    public Uri Address => new(_server.Urls.Single());

    /// <summary>Starts the server.</summary>
    public static async Task<WorkerServer> StartAsync(ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var expected = new ConcurrentDictionary<string, WorkerChannel>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            });
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = null);
        builder.Services.AddSingleton(new RpcService(expected));
        builder.Services.AddSingleton<IHostLifetime, ForegroundLifetime>();
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        var server = builder.Build();
        server.MapGrpcService<RpcService>();
        await server.StartAsync(cancellationToken);
        return new WorkerServer(server, expected);
    }

    /// <summary>Makes the stream of the worker called <paramref name="workerId"/> end up in <paramref name="channel"/>.</summary>
    public void Expect(string workerId, WorkerChannel channel) => _expected[workerId] = channel;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class RpcService(ConcurrentDictionary<string, WorkerChannel> expected) : FunctionRpc.FunctionRpcBase
    {
        public override async Task EventStream(
            IAsyncStreamReader<StreamingMessage> requestStream,
            IServerStreamWriter<StreamingMessage> responseStream,
            ServerCallContext context
        )
        {
            if (
                await requestStream.MoveNext(context.CancellationToken)
                && requestStream.Current.ContentCase == StreamingMessage.ContentOneofCase.StartStream
                && expected.TryRemove(requestStream.Current.StartStream.WorkerId, out var channel)
            )
            {
                await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
            }
        }
    }
}
