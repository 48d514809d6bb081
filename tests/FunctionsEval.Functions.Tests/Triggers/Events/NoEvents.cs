using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Triggers.Events;

/// <summary>Takes events that may reach neither the storage, the list of jobs, nor an orchestration: there is none.</summary>
internal static class NoEvents
{
    public static EventGridEvents Create() =>
        new(
            jobs: null!,
            new Uploads(
                new RunStarter(null!, null!, null!, null!, null!, null!, null!, null!, null!, TimeProvider.System),
                null!,
                null!,
                null!,
                TimeProvider.System,
                NullLogger<Uploads>.Instance
            ),
            TaskHub.From(new ConfigurationBuilder().Build()),
            Options.Create(new FineTuningOptions()),
            NullLogger<EventGridEvents>.Instance
        );
}
