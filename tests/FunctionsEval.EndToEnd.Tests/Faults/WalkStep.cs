using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>What a user, the storage, the endpoint or a process does at one step of a walk.</summary>
internal enum WalkAct
{
    UploadNew,
    UploadSame,
    Start,
    SendEvent,
    Cancel,
    Resume,
    DeleteRows,
    DeleteRowsAndBlobs,
    KillWorker,
    RestartHost,
    KillSecondHost,
    StopSecondHost,
    FailStorageRequest,
    StorageOutage,
    EndpointOutage,
    ConnectionsRefused,
}

/// <summary>One step.</summary>
/// <param name="Act">What is done.</param>
/// <param name="Dataset">To which of the leg's datasets, where it is to one.</param>
/// <param name="Amount">Rows of an upload, storage requests until a crash or a fault, or milliseconds of an outage.</param>
/// <param name="OnlyTheApps">Whether those storage requests are the app's own, not also those of the extensions.</param>
/// <param name="Storage">What a storage request meets.</param>
/// <param name="Endpoint">What model calls meet.</param>
/// <param name="Pause">Storage requests until the next step.</param>
internal sealed record WalkStep(WalkAct Act, int Dataset, int Amount, bool OnlyTheApps, StorageFault Storage, Damage Endpoint, int Pause)
{
    private static readonly (WalkAct Act, int Weight)[] Weights =
    [
        (WalkAct.UploadNew, 3),
        (WalkAct.UploadSame, 2),
        (WalkAct.Start, 4),
        (WalkAct.SendEvent, 4),
        (WalkAct.Cancel, 4),
        (WalkAct.Resume, 5),
        (WalkAct.DeleteRows, 2),
        (WalkAct.DeleteRowsAndBlobs, 2),
        (WalkAct.KillWorker, 4),
        (WalkAct.RestartHost, 1),
        (WalkAct.KillSecondHost, 3),
        (WalkAct.StopSecondHost, 1),
        (WalkAct.FailStorageRequest, 6),
        (WalkAct.StorageOutage, 2),
        (WalkAct.EndpointOutage, 3),
        (WalkAct.ConnectionsRefused, 1),
    ];

    private static readonly Damage[] Outages = [Damage.Unavailable, Damage.Throttled, Damage.ServerError, Damage.Reset, Damage.Truncated];

    /// <summary>Draws a step. Each takes as many numbers, so that a change of one kind leaves the others of a seed as they are.</summary>
    public static WalkStep Draw(Random random)
    {
        var drawn = random.Next(Weights.Sum(weight => weight.Weight));
        return Draw(random, Weights.First(weight => (drawn -= weight.Weight) < 0).Act, random.Next(WalkLeg.Datasets));
    }

    public static WalkStep Draw(Random random, WalkAct act, int dataset)
    {
        var size = random.NextDouble();
        var amount = act switch
        {
            WalkAct.UploadNew => 10 + (int)(size * 110),
            WalkAct.StorageOutage or WalkAct.EndpointOutage or WalkAct.ConnectionsRefused => 500 + (int)(size * 7500),
            _ => 1 + (int)(size * size * 120), // Early requests more often: a start has a dozen of them.
        };
        return new WalkStep(
            act,
            dataset,
            amount,
            random.Next(3) > 0,
            (StorageFault)(1 + random.Next(3)),
            Outages[random.Next(Outages.Length)],
            random.Next(100)
        );
    }

    public override string ToString() =>
        Act switch
        {
            WalkAct.UploadNew => $"upload {Amount} new rows to {Dataset}",
            WalkAct.KillWorker => $"kill the worker at request {Amount}{Whose}",
            WalkAct.FailStorageRequest => $"{Storage} at request {Amount}{Whose}",
            WalkAct.StorageOutage => $"storage{Whose} away for {Amount} ms",
            WalkAct.EndpointOutage => $"endpoint {Endpoint} for {Amount} ms",
            WalkAct.ConnectionsRefused => $"endpoint refuses connections for {Amount} ms",
            WalkAct.RestartHost or WalkAct.KillSecondHost or WalkAct.StopSecondHost => $"{Act}",
            _ => $"{Act} {Dataset}",
        };

    private string Whose => OnlyTheApps ? " of the app" : "";
}

/// <summary>A part of a walk that stands for itself: it begins with nothing under way and ends when every run has ended.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Latency">How long an answer takes.</param>
/// <param name="Harmed">How many of a hundred answers are damaged, of the first two to a prompt.</param>
/// <param name="Steps">What happens, in order.</param>
internal sealed record WalkLeg(int Seed, TimeSpan Latency, int Harmed, IReadOnlyList<WalkStep> Steps)
{
    /// <summary>Datasets of a leg, evaluated side by side; the last one with a baseline.</summary>
    public const int Datasets = 3;

    public static WalkLeg Draw(int seed)
    {
        var random = new Random(seed);
        var (latency, harmed) = (TimeSpan.FromMilliseconds(random.Next(20, 150)), random.Next(3) == 0 ? 20 : 0);
        var steps = new List<WalkStep>();
        for (var dataset = 0; dataset < Datasets; dataset++)
        {
            steps.Insert(dataset, WalkStep.Draw(random, WalkAct.UploadNew, dataset) with { Pause = 0 });
            steps.Add(WalkStep.Draw(random, random.Next(2) == 0 ? WalkAct.Start : WalkAct.SendEvent, dataset));
        }

        // What breaks may break the first start.
        for (var rest = 6 + random.Next(10); rest > 0; rest--)
        {
            steps.Insert(random.Next(Datasets, steps.Count + 1), WalkStep.Draw(random));
        }

        return new WalkLeg(seed, latency, harmed, steps);
    }

    public override string ToString() => $"leg {Seed}: {Latency.TotalMilliseconds} ms, {Harmed} % harmed; {string.Join("; ", Steps)}";
}
