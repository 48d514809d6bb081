using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>What starts runs, on a storage in memory. It schedules nothing: the runs of its tests are refused.</summary>
internal static class TestStarter
{
    public static RunStarter Create(MemoryStorage storage, MemoryTables tables, ModelRegistry models)
    {
        var datasets = new DatasetStore(storage.Blobs);
        var runs = new RunTables(tables, new OpenRuns(tables));
        return new RunStarter(
            datasets,
            runs,
            new RunReservations(datasets, new RunBlobs(storage.Blobs), runs, TimeProvider.System, NullLogger<RunReservations>.Instance),
            scheduler: null!,
            new SpecCheck(models, Options.Create(new NotificationOptions()), Options.Create(new HttpGraderOptions())),
            baselines: null!,
            new TrainingFileNames(datasets),
            new SuiteFolders(datasets, NullLogger<SuiteFolders>.Instance),
            contexts: null!,
            TimeProvider.System
        );
    }

    public static Uploads CreateUploads(MemoryStorage storage, MemoryTables tables, ModelRegistry models) =>
        new(
            Create(storage, tables, models),
            new DatasetStore(storage.Blobs),
            new RunTables(tables, new OpenRuns(tables)),
            new EventTable(tables),
            TimeProvider.System,
            NullLogger<Uploads>.Instance
        );
}
