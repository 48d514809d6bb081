using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>What is printed to a console of a width, without a terminal or with the colours of one.</summary>
internal sealed partial class PrintedText
{
    private readonly StringBuilder _text = new();

    /// <param name="width">Cells of a line.</param>
    /// <param name="hasColours">Whether the console shows colours.</param>
    public PrintedText(int width, bool hasColours = false)
    {
        Console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(new StringWriter(_text)),
                Ansi = hasColours ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = hasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        Console.Profile.Width = width;
    }

    public IAnsiConsole Console { get; }

    public string Text => _text.ToString().ReplaceLineEndings("\n");

    /// <summary>The lines that are not empty, without colours.</summary>
    public IReadOnlyList<string> Lines => [.. Colours().Replace(Text, "").Split('\n').Where(line => line.Trim().Length > 0)];

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colours();
}
