using FunctionsEval.LocalHost.Client.Layout;

namespace FunctionsEval.EndToEnd.Tests.Commands;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0, "0 of 6,160 (0 %)")]
    [InlineData(1, "1 of 6,160 (< 1 %)")]
    [InlineData(1_929, "1,929 of 6,160 (31 %)")]
    [InlineData(6_159, "6,159 of 6,160 (99 %)")]
    [InlineData(6_160, "6,160 of 6,160 (100 %)")]
    public void Share_is_all_or_nothing_only_where_it_is(long done, string text) => Assert.Equal(text, Amounts.Of(done, 6_160));
}
