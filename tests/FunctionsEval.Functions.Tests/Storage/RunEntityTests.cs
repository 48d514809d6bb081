using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>What is in a row of <c>EvaluationRuns</c> or <c>EvaluationMetrics</c> is what is read, shown and written again.</summary>
public sealed class RunEntityTests
{
    private static readonly JsonSerializerOptions Untyped = new(ResultJson.Options) { TypeInfoResolver = null };

    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Run_is_shown_as_the_columns_of_its_row_in_ordinal_order()
    {
        var row = Full();

        var shown = new SortedDictionary<string, object?>(StringComparer.Ordinal) { ["runId"] = row.PartitionKey };
        foreach (var (column, value) in row.Where(column => column.Key is not ("PartitionKey" or "RowKey" or "Reservation" or "Change")))
        {
            shown[JsonNamingPolicy.CamelCase.ConvertName(column)] = value;
        }

        shown["warnings"] = new[] { "Look at it.", "Zweitens: <ü>." };
        Assert.Equal(JsonSerializer.Serialize(shown, Untyped), JsonSerializer.Serialize(RunEntity.Read(row), ResultJson.Options));
    }

    [Fact]
    public void Row_that_is_read_and_written_keeps_every_column_with_its_type()
    {
        var row = Full();
        row["ColumnOfALaterVersion"] = 7;

        var written = StoredRun.Read(row).ToRow(RunEntity.Read(row));

        Assert.Equal(
            row.OrderBy(column => column.Key, StringComparer.Ordinal),
            written.OrderBy(column => column.Key, StringComparer.Ordinal)
        );
    }

    [Fact]
    public void New_row_has_a_column_for_each_value_of_the_run()
    {
        var row = StoredRun.ToNewRow(
            new Run
            {
                RunId = "ev-1",
                Status = RunStatus.Pending,
                Dataset = "s/d.jsonl",
                Suite = "",
            }
        );

        Assert.Equal(
            ["Dataset", "PartitionKey", "RowKey", "Status", "Suite"],
            row.Select(column => column.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal(("ev-1", "run"), (row.PartitionKey, row.RowKey));
    }

    [Fact]
    public void Number_that_is_written_and_read_is_the_same()
    {
        var value = new MetricValue
        {
            Role = "candidate",
            Name = "f1[é]",
            Slice = "lang=de",
            Value = 0.5,
            Lower = 0.25,
            Upper = 0.75,
            Interval = "bootstrap",
            Samples = 1L << 40,
            NoiseFloor = 0.01,
            HigherIsBetter = false,
            Difference = -0.1,
            DifferenceLower = -0.2,
            DifferenceUpper = 0,
            DifferenceInterval = "bootstrap_t",
            PValue = 0.002,
            AdjustedPValue = 0.004,
            PValueIsBound = true,
            Kind = MetricKind.Class,
            Reading = MetricReading.ToLookAt,
            Test = "bootstrap_t",
            Gained = 1,
            Lost = 2,
            Signature = "s",
        };
        var missing = new MetricValue
        {
            Role = "baseline",
            Name = "accuracy",
            Slice = "all",
            Undefined = "no_sample",
            NoInterval = "no_sample",
            NoDifferenceInterval = "no_sample",
            Samples = 0,
            HigherIsBetter = true,
            Signature = "s",
        };

        Assert.Equal([value, missing], MetricEntity.Create("ev-1", [value, missing]).Select(MetricEntity.Read));
    }

    /// <summary>A row with a value in every column.</summary>
    private static TableEntity Full()
    {
        var row = new TableEntity("ev-1", "run")
        {
            ["Status"] = "Completed",
            ["Dataset"] = "s/d.jsonl",
            ["DatasetETag"] = "\"0x1\"",
            ["DatasetBytes"] = 1L << 40,
            ["DatasetHash"] = "aGFzaA==",
            ["Suite"] = "s",
            ["Name"] = "Größe",
            ["Model"] = "m",
            ["Baseline"] = "b",
            ["SpecHash"] = "0123456789abcdef",
            ["Started"] = Time,
            ["Source"] = "fine_tune",
            ["FineTuneJob"] = "ftjob-1",
            ["DeployedSince"] = Time,
            ["Deployments"] = 3,
            ["HostingHours"] = 1.5,
            ["HostingCost"] = 2.5,
            ["TrainingFile"] = "datasets/s/train.jsonl",
            ["CodeVersion"] = "0.1.0+abc",
            ["Reservation"] = "r",
            ["Change"] = "c",
            ["ExpectedSamples"] = 100L,
            ["ExpectedSamplesEstimated"] = false,
            ["EstimatedCost"] = 0.25,
            ["Samples"] = 100L,
            ["DuplicateIds"] = 0L,
            ["DuplicateIdsFirstLine"] = 3L,
            ["Warnings"] = JsonSerializer.Serialize(new[] { "Look at it.", "Zweitens: <ü>." }),
            ["PreviousRun"] = "ev-0",
            ["Verdict"] = "fail",
            ["VerdictReasons"] = "pass: a is at least 1; fail: b is below 2; c",
            ["ErrorCode"] = "code",
            ["ErrorMessage"] = "message",
            ["Finished"] = Time.AddHours(1),
            ["CancelRequested"] = true,
            ["Resumptions"] = 2,
            ["Resumed"] = Time.AddMinutes(5),
            ["RepeatsFailed"] = false,
            ["MaxCost"] = 5.0,
        };
        AddModel(row, "Candidate");
        AddModel(row, "Baseline");
        return row;
    }

    private static void AddModel(TableEntity row, string model)
    {
        foreach (
            var (
                outcome,
                index
            ) in "Scored Unparsable ContentFiltered Rejected Truncated TimedOut Exhausted MalformedSample TooLongToScore ReasoningExhausted"
                .Split(' ')
                .Select((outcome, index) => (outcome, index))
        )
        {
            row[model + outcome] = (long)index;
        }

        foreach (var number in "Coverage UnparsableRate Cost LatencyMsP50 LatencyMsP95 LatencyMsP99".Split(' '))
        {
            row[model + number] = 0.5;
        }

        foreach (
            var number in "TimeToFirstTokenMsP50 TimeToFirstTokenMsP95 TimeToFirstTokenMsP99 TokensPerSecondP50 TokensPerSecondP5".Split(
                ' '
            )
        )
        {
            row[model + number] = 12.0;
        }

        foreach (
            var count in "InputTokens CachedInputTokens OutputTokens Requests ReasoningSamples ReasoningCharacters ReasoningTokens".Split(
                ' '
            )
        )
        {
            row[model + count] = 7L;
        }

        foreach (var text in "AnsweredBy SystemFingerprints LeftOut".Split(' '))
        {
            row[model + text] = "a, b";
        }
    }
}
