using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions;

/// <summary>The app's own settings and what is called by them. They are checked at start, and before a deployment.</summary>
internal static class AppSettings
{
    /// <summary>Registers options, models, fine-tuning, notifications and graders. Needs a <see cref="TaskHub"/>.</summary>
    /// <exception cref="OptionsValidationException">A model's setting is missing or wrong.</exception>
    public static IServiceCollection AddAppSettings(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EvaluationOptions>().BindConfiguration(EvaluationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<EvaluationOptions>, EvaluationOptionsValidator>();
        services.AddSingleton(FunctionTimeout.Read(configuration, AppContext.BaseDirectory));
        services.AddModels(configuration);
        services.AddFineTuning();
        services.AddOptions<EventGridOptions>().BindConfiguration(EventGridOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services
            .AddOptions<NotificationOptions>()
            .Configure<TaskHub>((notifications, hub) => notifications.Queue = hub.ContainerOf(notifications.Queue))
            .BindConfiguration(NotificationOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<NotificationOptions>, NotificationOptionsValidator>();
        return services.AddHttpGraders();
    }
}
