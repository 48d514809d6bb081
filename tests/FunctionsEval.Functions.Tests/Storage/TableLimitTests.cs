using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Whatever datasets, models and labels are called, their rows fit the tables, and no two share one.</summary>
public sealed class TableLimitTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(5000)]
    public void Key_fits_a_table_and_is_left_alone_where_it_does_by_itself(int length)
    {
        var name = new string('d', length);

        var key = StorageNames.Key(name);

        Assert.InRange(key.Length, 1, 512);
        Assert.Equal(length <= 512, key == name);
        Assert.Equal(key, StorageNames.Key(name));
        Assert.NotEqual(key, StorageNames.Key(name + "x"));
    }

    [Fact]
    public void Cut_key_is_not_that_of_a_name_that_is_made_to_look_like_it()
    {
        var cut = StorageNames.Key(new string('u', 700));

        Assert.NotEqual(cut, StorageNames.Key(cut));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Cut_key_tears_no_character_apart(int shift)
    {
        var key = StorageNames.Key(new string('a', shift) + string.Concat(Enumerable.Repeat("😀", 400)));

        Assert.DoesNotContain('�', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(key)));
        Assert.InRange(key.Length, 500, 512);
    }

    [Fact]
    public void Escapes_count_towards_the_limit() => Assert.InRange(StorageNames.Key(new string('/', 400)).Length, 1, 512);

    [Fact]
    public void Index_partitions_of_long_names_are_theirs_alone()
    {
        var name = "tuned/" + new string('m', 900);

        string[] keys =
        [
            IndexPartition.Model(name),
            IndexPartition.Dataset(name),
            IndexPartition.Suite(name),
            IndexPartition.Model(name + "1"),
        ];

        Assert.Equal(4, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.All(keys, key => Assert.InRange(key.Length, 1, 512));
    }

    [Fact]
    public void Metric_rows_of_long_and_look_alike_labels_and_slices_have_keys_of_their_own()
    {
        var longLabel = new string('l', 600);
        MetricValue[] lines =
        [
            Line($"f1[{longLabel}a]", "all"),
            Line($"f1[{longLabel}b]", "all"),
            Line("accuracy", "source=" + longLabel + "a"),
            Line("accuracy", "source=" + longLabel + "b"),
            Line("accuracy", "source=" + new string('s', 100_000)),
            // The separator within parts: "f1[x]|t=y", "all" and "f1[x]", "t=y|all".
            Line("f1[x]|t=y", "all"),
            Line("f1[x]", "t=y|all"),
        ];

        var rows = MetricEntity.Create("ev-1", lines);

        Assert.Equal(lines.Length, rows.Select(row => row.RowKey).Distinct(StringComparer.Ordinal).Count());
        Assert.All(rows, row => Assert.InRange(row.RowKey.Length, 1, 512));
        Assert.Equal("candidate|f1[x]|t=y|all", rows[^2].RowKey);
        Assert.All(rows.Select(TableText.Bound), row => Assert.InRange(row.GetString("Slice").Length, 1, TableText.MaxLength));
    }

    [Fact]
    public void Transactions_hold_100_rows_and_4_MiB_at_most_and_every_row_in_order()
    {
        var rows = Enumerable
            .Range(0, 250)
            .Select(number => new TableEntity("ev-1", $"{number:D3}") { ["Slice"] = new string('é', number < 220 ? 10 : 30_000) })
            .ToList();

        var transactions = TableText.Transactions(rows).ToList();

        Assert.Equal(rows.Select(row => row.RowKey), transactions.SelectMany(rows => rows).Select(row => row.RowKey));
        Assert.All(transactions, transaction => Assert.InRange(transaction.Count, 1, 100));
        Assert.All(
            transactions,
            transaction => Assert.InRange(transaction.Sum(row => JsonSerializer.Serialize(row.GetString("Slice")).Length + 400), 1, 4 << 20)
        );
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("12345678", "12345678")]
    [InlineData("123456789", "1234567…")]
    [InlineData("123456😀9", "123456…")]
    public void Text_is_cut_between_characters(string text, string expected) => Assert.Equal(expected, TableText.Cut(text, 8));

    [Fact]
    public void Notification_of_the_longest_names_and_reasons_fits_a_queue()
    {
        var name = string.Concat(Enumerable.Repeat("😀", 20_000));
        var row = new TableEntity("ev-" + new string('a', 26), "run")
        {
            ["Status"] = "Completed",
            ["Verdict"] = "inconclusive",
            ["VerdictReasons"] = "inconclusive: " + name,
            [RunWarnings.Column] = RunWarnings.Write([.. Enumerable.Repeat(name, 40)]),
            ["Suite"] = name,
            ["Dataset"] = name,
            ["Model"] = name,
            ["Baseline"] = name,
        };

        Assert.InRange(Notification.From(RunEntity.Read(row)).Body.ToMemory().Length, 1, 48 * 1024);
    }

    private static MetricValue Line(string name, string slice) =>
        new()
        {
            Role = "candidate",
            Name = name,
            Slice = slice,
            Value = 0.5,
            Samples = 10,
            HigherIsBetter = true,
            Signature = "s",
        };
}
