using FunctionsEval.Functions;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Probing;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Triggers;
using FunctionsEval.Functions.Triggers.Http;
using FunctionsEval.Functions.Webhooks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<RunningInvocations>();
builder.UseMiddleware<HttpRules>();

// Every function bounds what it reads and says so. The server's own limit would end a request without a message.
builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
builder.Services.AddOptions<EvaluationOptions>().BindConfiguration(EvaluationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<EvaluationOptions>, EvaluationOptionsValidator>();
builder.Services.AddSingleton(FunctionTimeout.Read(builder.Configuration, AppContext.BaseDirectory));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddStorage(builder.Configuration);
builder.Services.AddTelemetry(builder.Configuration, NotificationOptions.ReadSecretPaths(builder.Configuration));
builder.Services.AddModels(builder.Configuration);
builder.Services.AddSingleton<RunPlans>();
builder.Services.AddSingleton<RunCommit>();
builder.Services.AddSingleton<RunCancellation>();
builder.Services.AddSingleton<SampleIsolation>();
builder.Services.AddSingleton<ShardTurns>();
builder.Services.AddSingleton<ImageBudget>();
builder.Services.AddSingleton<ShardFiles>();
builder.Services.AddSingleton<ShardProgressWriter>();
builder.Services.AddSingleton<ShardExecutor>();
builder.Services.AddSingleton<RunComparison>();
builder.Services.AddSingleton<RunFlips>();
builder.Services.AddSampleViews();
builder.Services.AddSingleton<SampleRuns>();
builder.Services.AddSingleton<PreviousRuns>();
builder.Services.AddSingleton<RunResults>();
builder.Services.AddSingleton<RunReviews>();
builder.Services.AddSingleton<RunBudgets>();
builder.Services.AddSingleton<CostAllowances>();
builder.Services.AddSingleton<CostEstimate>();
builder.Services.AddSingleton<TrainingFiles>();
builder.Services.AddSingleton<TrainingFileNames>();
builder.Services.AddFineTuning();
builder.Services.AddSingleton<IFunctionMetadataTransformer, HubTriggers>();
builder
    .Services.AddOptions<NotificationOptions>()
    .Configure<TaskHub>((notifications, hub) => notifications.Queue = hub.ContainerOf(notifications.Queue))
    .BindConfiguration(NotificationOptions.Section)
    .ValidateDataAnnotations()
    .ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<NotificationOptions>, NotificationOptionsValidator>();
builder.Services.AddHttpGraders();
builder.Services.AddSingleton<SpecCheck>();
builder.Services.AddSingleton<RunScheduler>();
builder.Services.AddSingleton<CandidateRuns>();
builder.Services.AddSingleton<RunReconciler>();
builder.Services.AddSingleton<RunReservations>();
builder.Services.AddSingleton<StoredBaselines>();
builder.Services.AddSingleton<RunStarter>();
builder.Services.AddSingleton<RetirementDrills>();
builder.Services.AddSingleton<RunStop>();
builder.Services.AddSingleton<RunResumption>();
builder.Services.AddSuites();
builder.Services.AddSingleton<FineTuningReservations>();
builder.Services.AddSingleton<WaitingRuns>();
builder.Services.AddSingleton<RunQueue>();
builder.Services.AddSingleton<FineTuningJobs>();
builder.Services.AddSingleton<DeploymentSweep>();
builder.Services.AddSingleton<RefusalLog>();
builder.Services.AddSingleton<ProbePlanner>();
builder.Services.AddSingleton<ModelProber>();
builder.Services.AddHostedService<StorageSetup>();

// Registered last, it is stopped first: before the connection to the host and the HTTP server.
builder.Services.AddHostedService(services => services.GetRequiredService<RunningInvocations>());
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
await builder.Build().RunAsync();
