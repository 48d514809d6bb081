using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Commands;

public sealed class PollingPausesTests
{
    [Theory]
    [InlineData(0, 50)]
    [InlineData(1, 62.5)]
    [InlineData(4, 250)]
    [InlineData(3600, 500)]
    public void A_run_on_this_machine_is_looked_at_soon_and_then_less_often(double waited, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), PollingPauses.Local.After(TimeSpan.FromSeconds(waited)));

    [Theory]
    [InlineData(0, 250)]
    [InlineData(16, 1000)]
    [InlineData(3600, 2000)]
    public void An_app_somewhere_else_is_asked_at_most_four_times_a_second(double waited, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), PollingPauses.Remote.After(TimeSpan.FromSeconds(waited)));
}
