using FunctionsEval.Core.Results;

namespace FunctionsEval.Core.Tests.Results;

/// <summary>RFC 4180, and what a spreadsheet would take for a formula.</summary>
public sealed class SpreadsheetCsvTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(null, "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("1E-05", "1E-05")]
    public async Task Field_is_quoted_where_it_must_be_and_disarmed_where_it_is_a_formula(string? field, string expected)
    {
        var text = new StringWriter();
        await using (var csv = new SpreadsheetCsv(text))
        {
            await csv.WriteRowAsync("first", field);
        }

        Assert.Equal($"first,{expected}\r\n", text.ToString());
    }
}
