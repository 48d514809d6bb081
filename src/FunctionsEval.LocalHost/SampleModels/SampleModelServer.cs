using System.Net;
using FunctionsEval.LocalHost.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// An OpenAI-compatible endpoint on the loopback interface over tiny models that are trained on the
/// sample suites' training files when they are asked for the first time: <c>tickets-tuned</c>, <c>tickets-base</c>,
/// <c>summary-textrank</c>, <c>summary-lead</c>, <c>lm-trigram</c>, <c>lm-unigram</c>, <c>harbour-tuned</c>, <c>harbour-base</c>,
/// <c>orders-tuned</c>, <c>orders-base</c>, <c>faults-tuned</c>, <c>faults-base</c>, <c>rent-tuned</c>, <c>rent-base</c>,
/// <c>advice-tuned</c>, <c>advice-base</c> and the judge <c>pair-judge</c>.
/// </summary>
public sealed class SampleModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SampleModelServer(WebApplication app, IReadOnlyList<string> modelIds)
    {
        _app = app;
        ModelIds = modelIds;
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        Endpoint = new Uri(addresses.Single());
    }

    /// <summary>
    /// The root, such as <c>http://127.0.0.1:4280/</c>: OpenAI clients add <c>v1</c> to it, Azure OpenAI clients
    /// take it as it is.
    /// </summary>
    public Uri Endpoint { get; }

    /// <summary>The names of the models, which are deployment names as well.</summary>
    public IReadOnlyList<string> ModelIds { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="samplesDirectory">The directory with the sample suites.</param>
    /// <param name="port">The port on 127.0.0.1; 0 takes a free one.</param>
    /// <param name="ct">Stops the start, not the running server.</param>
    /// <exception cref="FileNotFoundException">A suite's training file is missing.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SampleModelServer> StartAsync(string samplesDirectory, int port, CancellationToken ct)
    {
        var models = SampleModelCatalog.Open(samplesDirectory);

        // An empty builder reads no settings and no environment: they belong to the function app beside it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(IPAddress.Loopback, port);
            });
        var app = builder.Build();
        LocalRequests.Guard(app);
        new OpenAiEndpoint(models).Map(app);
        await app.StartAsync(ct);
        return new SampleModelServer(app, models.Ids);
    }

    /// <summary>Stops listening.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
