using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>Standard output and standard error, as wide as the terminal; in a file or a pipe so wide that no line is wrapped.</summary>
internal static class Terminal
{
    private const int RedirectedWidth = 4000;

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Output { get; } = Widen(AnsiConsole.Console, Console.IsOutputRedirected);

    /// <summary>Standard error, for everything that is not a result.</summary>
    public static IAnsiConsole Errors { get; } =
        Widen(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }), Console.IsErrorRedirected);

    private static IAnsiConsole Widen(IAnsiConsole console, bool isRedirected)
    {
        if (isRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
