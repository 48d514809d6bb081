using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Notifications;

/// <summary>What is told of a run's end: the columns of its row that decide, no row text.</summary>
internal sealed record Notification(string Id, BinaryData Body)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The notification of an ended run. Its id is the same however often it is sent.</summary>
    public static Notification Of(TableEntity run)
    {
        var (runId, resumption) = (run.PartitionKey, RunTables.ResumptionsOf(run));
        var body = new
        {
            Type = $"evaluation.{run.GetString("Status").ToLowerInvariant()}",
            Timestamp = run.GetDateTimeOffset("Finished"),
            Data = new
            {
                RunId = runId,
                Resumption = resumption,
                Status = run.GetString("Status"),
                Verdict = run.GetString("Verdict"),
                VerdictReasons = run.GetString("VerdictReasons"),
                ErrorCode = run.GetString("ErrorCode"),
                Suite = run.GetString("Suite"),
                Dataset = run.GetString("Dataset"),
                Model = run.GetString("Model"),
                Baseline = run.GetString("Baseline"),
                Samples = run.GetInt64("Samples"),
                Source = run.GetString("Source"),
                Url = $"/api/evaluations/{runId}",
            },
        };
        return new Notification($"{runId}-{resumption}", new BinaryData(JsonSerializer.SerializeToUtf8Bytes(body, Json)));
    }
}
