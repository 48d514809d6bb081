using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using FunctionsEval.LocalHost.Machine;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// The app's HTTP face on 127.0.0.1: each HTTP function at its route, timers under <c>/admin/functions</c>. Function keys are not checked:
/// every program of this machine may call every function, and no web page may (<see cref="LocalRequests"/>). The extensions' own endpoints,
/// among them Durable Functions' management of instances, are not offered: in Azure they ask for a key of their own.
/// </summary>
internal sealed partial class HttpFrontend : IAsyncDisposable
{
    /// <summary>The app setting by which a Functions host is told how large a request may be, in bytes.</summary>
    public const string BodyLimitSetting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";

    /// <summary>As the templates set it: above what the app takes, so that it is the app that refuses.</summary>
    private const long DefaultBodyLimit = 110 << 20;

    private readonly WebApplication _server;
    private readonly TaskCompletionSource<RequestDelegate> _pipeline;

    private HttpFrontend(WebApplication server, TaskCompletionSource<RequestDelegate> pipeline)
    {
        _server = server;
        _pipeline = pipeline;
        Url = new Uri(server.Urls.Single() + "/");
    }

    /// <summary>The base address, with a trailing slash.</summary>
    public Uri Url { get; }

    /// <summary>
    /// Starts to listen on <paramref name="port"/> or, when it is taken, on a free one. The extensions need to know the
    /// address before there is anything to serve: requests wait for <see cref="Serve"/>.
    /// </summary>
    /// <param name="port">The port wanted; 0 for any.</param>
    /// <param name="bodyLimit">The value of <see cref="BodyLimitSetting"/>; null where it is not set.</param>
    /// <param name="loggers">Who is told what happens.</param>
    /// <param name="notice">Receives what a person should know.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="LocalHostException">The limit is not a number of bytes.</exception>
    public static async Task<HttpFrontend> StartAsync(
        int port,
        string? bodyLimit,
        ILoggerFactory loggers,
        Action<string> notice,
        CancellationToken cancellationToken
    )
    {
        if (!long.TryParse(bodyLimit ?? $"{DefaultBodyLimit}", CultureInfo.InvariantCulture, out var limit) || limit < 1)
        {
            throw new LocalHostException($"{BodyLimitSetting} is '{bodyLimit}'; write a number of bytes, such as {DefaultBodyLimit}.");
        }

        var pipeline = new TaskCompletionSource<RequestDelegate>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (port != 0 && LoopbackPort.IsFree(port))
        {
            var wanted = Build(port, limit, pipeline.Task, loggers);
            try
            {
                await wanted.StartAsync(cancellationToken);
                return new HttpFrontend(wanted, pipeline);
            }
            catch (IOException error) when (error.InnerException is AddressInUseException)
            {
                await wanted.DisposeAsync(); // Another program was faster.
            }
        }

        var server = Build(0, limit, pipeline.Task, loggers);
        await server.StartAsync(cancellationToken);
        if (port != 0)
        {
            notice($"Port {port} is in use: the app listens on {new Uri(server.Urls.Single()).Port} instead.");
        }

        return new HttpFrontend(server, pipeline);
    }

    /// <summary>Answers requests from now on.</summary>
    public void Serve(JobHostRunner jobs, string routePrefix)
    {
        ILogger logger = _server.Services.GetRequiredService<ILogger<HttpFrontend>>();
        var app = new ApplicationBuilder(_server.Services);
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            foreach (var function in jobs.Functions.Where(function => function.IsHttp))
            {
                var path = PathOf(function, routePrefix);
                RequestDelegate handler = context => CallFunctionAsync(jobs, function, context, logger);
                if (function.HttpMethods.Count > 0)
                {
                    endpoints.MapMethods(path, function.HttpMethods, handler);
                }
                else
                {
                    endpoints.Map(path, handler);
                }
            }
            // As the host in Azure, for a timer whose time has not come: but it answers when the function has ended.
            endpoints.MapPost("/admin/functions/{name}", (RequestDelegate)(context => CallTimerAsync(jobs, context)));
        });
        _pipeline.SetResult(app.Build());
    }

    /// <summary>The route pattern of an HTTP function.</summary>
    public static string PathOf(FunctionDescription function, string routePrefix) =>
        $"/{routePrefix}/{(string?)function.Trigger.Json["route"] ?? function.Name}".Replace("//", "/", StringComparison.Ordinal);

    /// <summary>Where an HTTP function is found: its route without the parameters that may be left out.</summary>
    public static string ShortPathOf(FunctionDescription function, string routePrefix) =>
        OptionalParameter().Replace(PathOf(function, routePrefix), "");

    /// <summary>Stops listening and lets the requests in flight end, for a few seconds.</summary>
    public Task StopAsync()
    {
        _pipeline.TrySetResult(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        return _server.StopAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [GeneratedRegex(@"(?<=.)/\{[^{}]*\?\}\z|(?<=^/)\{[^{}]*\?\}\z")]
    private static partial Regex OptionalParameter();

    private static WebApplication Build(int port, long bodyLimit, Task<RequestDelegate> pipeline, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = null; // RequestBodyLimit answers what is larger.
                kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
            });
        builder.Services.AddRouting();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<IHostLifetime, ForegroundLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        var server = builder.Build();
        LocalRequests.Guard(server);
        RequestBodyLimit.Guard(server, bodyLimit);
        server.Run(async context =>
        {
            var handle = await pipeline.WaitAsync(context.RequestAborted);
            await handle(context);
        });
        return server;
    }

    private static async Task CallFunctionAsync(JobHostRunner jobs, FunctionDescription function, HttpContext context, ILogger logger)
    {
        // Where the HTTP trigger's binding looks for the route's parameters.
        context.Items["MS_AzureWebJobs_HttpRouteData"] = context.Request.RouteValues.ToDictionary(entry => entry.Key, entry => entry.Value);
        try
        {
            await jobs.CallAsync(function, context.Request, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (Exception error) when (error is FunctionInvocationException or OperationCanceledException)
        {
            logger.LogDebug(error, "The function {Function} failed.", function.Name);
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
        }
    }

    private static async Task CallTimerAsync(JobHostRunner jobs, HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (
            jobs.Functions.FirstOrDefault(candidate =>
                candidate.Trigger.Is("timerTrigger") && candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
            )
            is not { } function
        )
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await jobs.CallAsync(function, trigger: "", context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (FunctionInvocationException)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }
}
