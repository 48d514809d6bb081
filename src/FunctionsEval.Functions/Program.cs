using FunctionsEval.Functions;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Triggers;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddOptions<EvaluationOptions>()
    .BindConfiguration(EvaluationOptions.Section)
    .ValidateDataAnnotations()
    .ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<EvaluationOptions>, EvaluationOptionsValidator>();
builder.Services.AddSingleton(FunctionTimeout.Read(builder.Configuration, AppContext.BaseDirectory));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddStorage(builder.Configuration);
builder.Services.AddTelemetry(builder.Configuration);
builder.Services.AddModels(builder.Configuration);
builder.Services.AddSingleton<RunPlans>();
builder.Services.AddSingleton<RunCancellation>();
builder.Services.AddSingleton<SampleIsolation>();
builder.Services.AddSingleton<RunComparison>();
builder.Services.AddSingleton<CostAllowances>();
builder.Services.AddSingleton<CostEstimate>();
builder.Services.AddSingleton<TrainingFiles>();
builder.Services.AddFineTuning();
builder.Services.AddOptions<NotificationOptions>()
    .BindConfiguration(NotificationOptions.Section)
    .ValidateDataAnnotations()
    .ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<NotificationOptions>, NotificationOptionsValidator>();
builder.Services.AddSingleton<SpecCheck>();
builder.Services.AddSingleton<RunStarter>();
builder.Services.AddSingleton<FineTuneStarter>();
builder.Services.AddHostedService<StorageSetup>();
await builder.Build().RunAsync();
