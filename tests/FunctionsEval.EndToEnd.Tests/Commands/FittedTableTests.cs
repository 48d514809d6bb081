using FunctionsEval.LocalHost.Client.Layout;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>Tables on terminals of any width, and where there is none.</summary>
public sealed class FittedTableTests
{
    private const string RunId = "ev-abcdefghijklmnopqrstuvwxyz";

    [Theory]
    [InlineData(400, "run model accuracy note")]
    [InlineData(50, "run model accuracy")]
    [InlineData(40, "run model")]
    public void Columns_are_cut_and_then_left_out_and_a_run_id_stays_whole(int width, string titles)
    {
        var printed = new PrintedText(width);
        var table = new FittedTable(printed.Console, [new("run"), new("model", 8), new("accuracy", Rank: 1), new("note", Rank: 2)]);
        table.Add(RunId, "a-model-with-a-rather-long-name", "87.0 %", "a long note that nobody needs");

        table.Print();

        Assert.Equal(titles.Split(' '), printed.Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(RunId + "  a-model-", printed.Lines[1], StringComparison.Ordinal);
        Assert.All(printed.Lines, line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void Wide_characters_count_twice_and_line_breaks_are_spaces()
    {
        var printed = new PrintedText(20);
        var table = new FittedTable(printed.Console, [new("a", 4), new("b")]);
        table.Add("漢字漢字漢字漢字漢字", "x\r\n\ty");

        table.Print();

        Assert.Equal("漢字漢字漢字漢…  x y", printed.Lines[1]);
    }

    [Fact]
    public void Column_that_is_empty_is_not_there()
    {
        var printed = new PrintedText(80);
        var table = new FittedTable(printed.Console, [new("a"), new("b"), new("c")]);
        table.Add("1", "", "3");
        table.Add("2", null, "4");

        table.Print();

        Assert.Equal(["a  c", "1  3", "2  4"], printed.Lines);
    }

    [Theory]
    [InlineData("one two three", 9, 2, "one two|three")]
    [InlineData("one two three four", 9, 2, "one two|three fo…")]
    [InlineData("ev-abcdefghijklmnop is long", 9, 9, "ev-abcdefghijklmnop|is long")]
    public void Text_breaks_between_words_and_ends_with_an_ellipsis_where_it_is_cut(string text, int width, int lines, string expected) =>
        Assert.Equal(expected.Split('|'), TextLayout.Wrap(text, width, lines));
}
