using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Warnings of a run: a JSON array in its row, a list wherever it is shown.</summary>
public sealed class RunWarningsTests
{
    private static readonly string[] Two = ["The server answers as \"other\", not as asked.", "Zweiter Satz: <ü> 😀."];

    [Fact]
    public void Row_gives_back_the_sentences_that_it_was_given() => Assert.Equal(Two, RunWarnings.Read(Row(Two)));

    [Fact]
    public void Run_without_warnings_has_no_column_and_an_empty_list()
    {
        Assert.Null(RunWarnings.Write([]));
        Assert.Empty(RunWarnings.Read(Row([])));
        Assert.Equal(
            """{"runId":"ev-1","status":"Completed","warnings":[]}""",
            JsonSerializer.Serialize(RunEntity.Read(Row([])), ResultJson.Options)
        );
    }

    [Fact]
    public void More_sentences_than_a_column_holds_are_counted()
    {
        var many = Enumerable.Range(0, 5_000).Select(number => $"{number}: 😀 {new string('é', 700)}").ToList();

        var text = RunWarnings.Write(many)!;
        var kept = RunWarnings.Read(Row(many));

        Assert.InRange(text.Length, 20_000, TableText.MaxLength);
        Assert.Equal($"{many.Count - kept.Count + 1} more warnings are in summary.json.", kept[^1]);
        Assert.All(kept, sentence => Assert.InRange(sentence.Length, 1, RunWarnings.MaxSentenceLength));
    }

    [Fact]
    public void Notification_shows_them_as_a_list()
    {
        using var told = JsonDocument.Parse(Notification.From(RunEntity.Read(Row(Two))).Body);
        Assert.Equal(
            Two,
            told.RootElement.GetProperty("data").GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)
        );
    }

    [Fact]
    public async Task Run_that_begins_once_more_has_none()
    {
        var service = new MemoryTables();
        service.Table(StorageNames.RunsTable).Set(Row(Two));
        var tables = new RunTables(service, new OpenRuns(service));
        var stored = (await tables.FindRunAsync("ev-1", TestContext.Current.CancellationToken))!;

        await tables.TryReopenAsync(
            stored,
            new Reopening(DateTimeOffset.UnixEpoch, Waits: false, RepeatsFailed: false, MaxCost: null),
            TestContext.Current.CancellationToken
        );

        Assert.Empty(RunWarnings.Read(service.Table(StorageNames.RunsTable).Find("ev-1", RunEntity.RowKey)!));
    }

    private static TableEntity Row(IReadOnlyList<string> warnings)
    {
        var row = new TableEntity("ev-1", RunEntity.RowKey) { ["Status"] = "Completed" };
        if (RunWarnings.Write(warnings) is { } text)
        {
            row[RunWarnings.Column] = text;
        }

        return row;
    }
}
