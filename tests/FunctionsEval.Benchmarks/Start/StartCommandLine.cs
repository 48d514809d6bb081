using System.CommandLine;

namespace FunctionsEval.Benchmarks.Start;

/// <summary>The command line of <c>start</c>.</summary>
internal static class StartCommandLine
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var before = new Option<string?>("--before")
        {
            Description = "Another checkout, built in Release, to measure in turn with this one.",
            HelpName = "DIR",
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "How often each side is measured.",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        };
        var demo = new Option<bool>("--no-demo") { Description = "Leave the demo out." };
        var command = new Command("start", "Time starts: of the app, of an evaluation by an upload and by a request, and the demo.")
        {
            before,
            rounds,
            demo,
        };
        command.SetAction(parsed => StartCommand.RunAsync(parsed.GetValue(before), parsed.GetValue(rounds), !parsed.GetValue(demo)));
        return command;
    }
}
