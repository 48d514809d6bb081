using Azure.Data.Tables;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Conditional writes whose answer is lost, which the client then sends once more.</summary>
public sealed class MarkedRowsTests
{
    private const string Mark = "Mark";

    private readonly MemoryTable _table = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Insert_that_is_sent_twice_has_inserted_its_row()
    {
        _table.LosesAnswer = true;

        Assert.True(await _table.TryInsertAsync(Row("mine"), Mark, Cancellation));
    }

    [Fact]
    public async Task Insert_finds_the_row_of_another()
    {
        Assert.True(await _table.TryInsertAsync(Row("theirs"), Mark, Cancellation));

        Assert.False(await _table.TryInsertAsync(Row("mine"), Mark, Cancellation));

        Assert.Equal("theirs", Find().GetString("Value"));
    }

    [Fact]
    public async Task Replacement_that_is_sent_twice_has_replaced_its_row()
    {
        await _table.TryInsertAsync(Row("old"), Mark, Cancellation);
        var read = Find();
        _table.LosesAnswer = true;

        Assert.True(await _table.TryReplaceAsync(new TableEntity(read) { ["Value"] = "new" }, Mark, Cancellation));

        Assert.Equal("new", Find().GetString("Value"));
    }

    [Fact]
    public async Task Row_that_was_changed_since_it_was_read_is_not_replaced()
    {
        await _table.TryInsertAsync(Row("old"), Mark, Cancellation);
        var read = Find();
        Assert.True(await _table.TryReplaceAsync(new TableEntity(read) { ["Value"] = "theirs" }, Mark, Cancellation));

        Assert.False(await _table.TryReplaceAsync(new TableEntity(read) { ["Value"] = "mine" }, Mark, Cancellation));

        Assert.Equal("theirs", Find().GetString("Value"));
    }

    [Fact]
    public async Task Row_that_was_deleted_is_not_replaced()
    {
        await _table.TryInsertAsync(Row("old"), Mark, Cancellation);
        var read = Find();
        _table.Delete("p", "r");

        Assert.False(await _table.TryReplaceAsync(new TableEntity(read), Mark, Cancellation));
    }

    private static TableEntity Row(string value) => new("p", "r") { ["Value"] = value };

    private TableEntity Find() => _table.Find("p", "r")!;
}
