using FunctionsEval.Core.Results;

namespace FunctionsEval.Core.Tests.Results;

/// <summary>
/// The oracle is OWASP's page “CSV Injection”: a cell that begins with = + - @, tab, carriage return, line feed or a full-width form of
/// these.
/// </summary>
public sealed class SpreadsheetTextTests
{
    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1+1")]
    [InlineData("-1+1")]
    [InlineData("-2*3")]
    [InlineData("-no-")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1+1")]
    [InlineData("\r=1+1")]
    [InlineData("\n=1+1")]
    [InlineData("\r\n=1+1")]
    [InlineData("\tplain")]
    [InlineData("\nplain")]
    [InlineData(" =1+1")]
    [InlineData("\u00A0=1+1")]
    [InlineData("\uFEFF=1+1")]
    [InlineData("\u200B=1+1")]
    [InlineData("\u0001=1+1")]
    [InlineData("＝1+1")]
    [InlineData("＋1+1")]
    [InlineData("－1+1")]
    [InlineData("＠SUM(A1)")]
    [InlineData("﹦1+1")]
    [InlineData("-")]
    [InlineData("-12.5x")]
    [InlineData("-12.5\n")]
    [InlineData("-1-1")]
    [InlineData("+1|A1")]
    [InlineData("-Infinity")]
    public void Disarm_formula_is_led_by_an_apostrophe(string text) => Assert.Equal("'" + text, SpreadsheetText.Disarm(text));

    [Theory]
    [InlineData("")]
    [InlineData("-12.5")]
    [InlineData("+3")]
    [InlineData("-1e-05")]
    [InlineData("-.5")]
    [InlineData("-1,234.50")]
    [InlineData("-12,5")]
    [InlineData("12")]
    [InlineData("plain")]
    [InlineData("a=b")]
    [InlineData("'=1")]
    [InlineData("−5")]
    [InlineData("[\"=1\"]")]
    [InlineData("   ")]
    [InlineData("😀")]
    public void Disarm_number_and_other_text_stay_as_they_are(string text) => Assert.Equal(text, SpreadsheetText.Disarm(text));
}
