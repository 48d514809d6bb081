#pragma warning disable CS0618 // The WebJobs SDK marks the seams for script hosts as not for public use; this is a script host.
using FunctionsEval.LocalHost.Machine;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.DurableTask.Correlation;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>Runs the real WebJobs listeners and extensions for the app's functions.</summary>
internal sealed class JobHostRunner : IAsyncDisposable
{
    private const string HostJsonSection = "AzureFunctionsJobHost";

    /// <summary>
    /// As for the host in Azure, which takes the app's name without it: two apps on one account need two, or they take each other's blob
    /// events and timers.
    /// </summary>
    private const string HostIdSetting = "AzureFunctionsWebHost__hostid";
    private const string DefaultHostId = "functionseval";

    /// <summary>As on the host in Azure: where it is set, spans of orchestrations go there, and their context to the worker.</summary>
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] DurableSources = ["DurableTask.Core", "WebJobs.Extensions.DurableTask"];

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly FunctionApp _app;
    private readonly GeneratedTypeLocator _typeLocator = new();
    private readonly IHost _host;
    private readonly BindingFactory _bindings;

    /// <summary>
    /// Builds the SDK's host, which is to get its functions next. It takes about as long as the start of a worker, who tells of them.
    /// </summary>
    public JobHostRunner(FunctionApp app, ILoggerFactory loggers, Uri appUrl)
    {
        _app = app;
        _host = Build(app, loggers, appUrl, _typeLocator);
        _bindings = new BindingFactory(_host.Services.GetRequiredService<IJobHostMetadataProviderFactory>().Create());
    }

    /// <summary>The app's functions, once they were added.</summary>
    public IReadOnlyList<FunctionDescription> Functions { get; private set; } = [];

    /// <summary>Adds the app's functions; nothing listens yet.</summary>
    /// <exception cref="LocalHostException">A function uses a binding that this host does not offer.</exception>
    public void AddFunctions(WorkerSupervisor workers, HttpProxy proxy, Action<string, string>? orchestrationHandedOut)
    {
        var dispatcher = new FunctionDispatcher(workers, proxy, orchestrationHandedOut);
        Functions = [.. workers.Functions.Select(FunctionDescription.From).Where(function => !IsDisabled(function, _app))];
        foreach (var function in Functions)
        {
            dispatcher.Add(function, [.. function.Inputs.Select(input => _bindings.Create(function.Name, input))]);
        }

        _typeLocator.Type = FunctionTypeBuilder.Build(
            Functions.Select(function => (function, _bindings.Create(function.Name, function.Trigger))),
            dispatcher.InvokeAsync
        );
    }

    private static IHost Build(FunctionApp app, ILoggerFactory loggers, Uri appUrl, GeneratedTypeLocator typeLocator)
    {
        var hostId = HostIdOf(app);
        return new HostBuilder()
            .ConfigureWebJobs(jobs =>
            {
                jobs.AddAzureStorageCoreServices();
                jobs.AddHttp();
                jobs.AddTimers();
                jobs.AddAzureStorageBlobs();
                jobs.AddAzureStorageQueues();
                jobs.AddDurableTask();
                jobs.UseHostId(hostId);
                jobs.Services.AddSingleton<ITypeLocator>(typeLocator);
                jobs.Services.AddSingleton<IWebHookProvider>(new WebHookProvider(appUrl));
                jobs.Services.AddSingleton<ScheduleMonitor>(new BlobScheduleMonitor(app.Settings["AzureWebJobsStorage"], hostId));
                jobs.Services.AddSingleton<IWebJobsExceptionHandler, LoggingExceptionHandler>();
                if (TimeSpan.TryParse(app.HostJson["functionTimeout"], out var timeout) && timeout > TimeSpan.Zero)
                {
                    jobs.Services.Configure<JobHostFunctionTimeoutOptions>(options =>
                        (options.Timeout, options.ThrowOnTimeout) = (timeout, true)
                    );
                }
            })
            // After ConfigureWebJobs, whose own sources (the process environment, appsettings.json) are replaced:
            // several hosts in one process must not see each other's settings.
            .ConfigureAppConfiguration(configuration =>
            {
                configuration.Sources.Clear();
                configuration.AddInMemoryCollection(Configure(app));
            })
            .ConfigureServices(services => AddServices(services, app, loggers))
            .Build();
    }

    private static void AddServices(IServiceCollection services, FunctionApp app, ILoggerFactory loggers)
    {
        services.AddSingleton<IHostLifetime, ForegroundLifetime>();
        services.Replace(ServiceDescriptor.Singleton(loggers));
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        services.RemoveAll<ITelemetryActivator>(); // Sends orchestrations' spans to Application Insights, and warns where there is none.
        if (!string.IsNullOrEmpty(app.Settings.GetValueOrDefault(OtlpEndpoint)))
        {
            services
                .AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService("Functions host"))
                .WithTracing(tracing => tracing.AddSource(DurableSources))
                .UseOtlpExporter();
        }
    }

    /// <summary>Starts the listeners. What was unfinished at the last stop goes on at once.</summary>
    /// <exception cref="LocalHostException">A listener could not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _host.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new LocalHostException($"The functions' listeners could not start: {error.GetBaseException().Message}", error);
        }
    }

    /// <summary>Runs a function that HTTP, a timer or a blob triggers, and waits for its end.</summary>
    /// <param name="function">The function.</param>
    /// <param name="trigger">The request, to whose context the response is written; anything for a timer; a blob's path.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task CallAsync(FunctionDescription function, object trigger, CancellationToken cancellationToken)
    {
        var jobs = (JobHost)_host.Services.GetRequiredService<IJobHost>();
        var arguments = new Dictionary<string, object> { [function.Trigger.Name] = trigger };
        return jobs.CallAsync(_typeLocator.Type!.GetMethod(function.Name)!, arguments, cancellationToken);
    }

    /// <summary>Stops the listeners.</summary>
    public async Task StopAsync()
    {
        try
        {
            await _host.StopAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            _host
                .Services.GetRequiredService<ILogger<JobHostRunner>>()
                .LogWarning("The listeners did not stop within {Seconds} s.", StopTimeout.TotalSeconds);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            _host.Dispose();
        }
    }

    /// <summary>
    /// host.json under the name the extensions look for, then the app settings, which may override it (<c>AzureFunctionsJobHost__…</c>).
    /// </summary>
    private static Dictionary<string, string?> Configure(FunctionApp app)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["AzureWebJobsConfigurationSection"] = HostJsonSection,
            // A killed host leaves the lock on its timers behind; a restart should not wait a minute for it.
            [$"{HostJsonSection}:singleton:listenerLockPeriod"] = "00:00:15",
        };
        foreach ((var key, var value) in app.HostJson.AsEnumerable().Where(entry => entry.Value is not null))
        {
            values[$"{HostJsonSection}:{key}"] = value;
        }

        foreach ((var key, var value) in app.Settings)
        {
            values[key.Replace("__", ":", StringComparison.Ordinal)] = value;
        }

        return values;
    }

    /// <summary>The setting's, or the task hub's where that is not the one of host.json.</summary>
    private static string HostIdOf(FunctionApp app)
    {
        if (app.Settings.TryGetValue(HostIdSetting, out var given) && given.Length > 0)
        {
            return given;
        }

        var hub = app.Settings.GetValueOrDefault($"{HostJsonSection}__extensions__durableTask__hubName") ?? "";
        return hub.Length == 0 || hub == app.HostJson["extensions:durableTask:hubName"]
            ? DefaultHostId
            : hub.ToLowerInvariant()[..Math.Min(hub.Length, 32)];
    }

    private static bool IsDisabled(FunctionDescription function, FunctionApp app) =>
        app.Settings.TryGetValue($"AzureWebJobs.{function.Name}.Disabled", out var value)
        && bool.TryParse(value, out var disabled)
        && disabled;

    private sealed class GeneratedTypeLocator : ITypeLocator
    {
        public Type? Type { get; set; }

        public IReadOnlyList<Type> GetTypes() => Type is null ? [] : [Type];
    }

    /// <summary>
    /// Extensions want to know where they are called, and cannot start without. They are not: <see cref="HttpFrontend"/> has no route to
    /// them.
    /// </summary>
    private sealed class WebHookProvider(Uri appUrl) : IWebHookProvider
    {
        public Uri GetUrl(IExtensionConfigProvider extension) => new(appUrl, "runtime/webhooks");
    }

    /// <summary>The SDK's own handler ends the process on a listener's background failure, which is not for a library to do.</summary>
    private sealed class LoggingExceptionHandler(ILogger<JobHostRunner> logger) : IWebJobsExceptionHandler
    {
        public Task OnTimeoutExceptionAsync(
            System.Runtime.ExceptionServices.ExceptionDispatchInfo exceptionInfo,
            TimeSpan timeoutGracePeriod
        ) => OnUnhandledExceptionAsync(exceptionInfo);

        public Task OnUnhandledExceptionAsync(System.Runtime.ExceptionServices.ExceptionDispatchInfo exceptionInfo)
        {
            logger.LogError(exceptionInfo.SourceException, "A listener failed in the background.");
            return Task.CompletedTask;
        }
    }
}
