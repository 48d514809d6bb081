using System.Collections.Concurrent;
using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>
/// An engine of orchestrations behind the protocol by which the Durable Task Scheduler and the Functions host are spoken to, with a worker
/// that runs one orchestration: it fails at once if its input says so, or returns its input when it is woken.
/// </summary>
internal sealed class DurableEngine : IAsyncDisposable
{
    public const string Orchestration = "Wait";
    public const string Failing = "fail";
    public const string End = "end";

    private readonly WebApplication _server;
    private readonly GrpcChannel _channel;
    private readonly IHost _worker;
    private readonly ConcurrentDictionary<(string Id, DateTime Begun), bool> _executions;

    private DurableEngine(
        WebApplication server,
        GrpcChannel channel,
        IHost worker,
        ConcurrentDictionary<(string Id, DateTime Begun), bool> executions
    )
    {
        (_server, _channel, _worker, _executions) = (server, channel, worker, executions);
        Client = worker.Services.GetRequiredService<DurableTaskClient>();
    }

    public DurableTaskClient Client { get; }

    /// <summary>How many executions of an instance came to their end. An engine may play each of them more than once.</summary>
    public int Executions(string instanceId) => _executions.Keys.Count(execution => execution.Id == instanceId);

    public static async Task<DurableEngine> StartAsync<TService>(TService service)
        where TService : IOrchestrationService, IOrchestrationServiceClient
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<IOrchestrationService>(service);
        builder.Services.AddSingleton<IOrchestrationServiceClient>(service);
        builder.Services.AddSingleton<TaskHubGrpcServer>();
        var server = builder.Build();
        server.MapGrpcService<TaskHubGrpcServer>();
        await server.StartAsync();
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var channel = GrpcChannel.ForAddress(addresses.Addresses.Single());
        var executions = new ConcurrentDictionary<(string Id, DateTime Begun), bool>();
        var worker = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        worker.Services.AddDurableTaskWorker(tasks =>
        {
            tasks.UseGrpc(channel);
            tasks.AddTasks(registry => registry.AddOrchestrator(Orchestration, () => new Waiting(executions)));
        });
        worker.Services.AddDurableTaskClient(client =>
        {
            client.UseGrpc(channel);
            client.RegisterDirectly();
        });
        var host = worker.Build();
        await host.StartAsync();
        return new DurableEngine(server, channel, host, executions);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync();
        _worker.Dispose();
        _channel.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    private sealed class Waiting(ConcurrentDictionary<(string Id, DateTime Begun), bool> executions) : TaskOrchestrator<string, string>
    {
        public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
        {
            if (input == Failing)
            {
                throw new InvalidOperationException("It was told to.");
            }

            var begun = context.CurrentUtcDateTime;
            await context.WaitForExternalEvent<bool>(End);
            executions.TryAdd((context.InstanceId, begun), true);
            return input;
        }
    }
}
