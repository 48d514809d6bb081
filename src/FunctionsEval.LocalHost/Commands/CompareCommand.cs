using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>
/// <c>compare LEFT RIGHT</c>: two runs beside each other. The app decides by the headline numbers; this prints and ends with its decision.
/// </summary>
internal static class CompareCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var left = new Argument<string>("LEFT") { Description = "The run to compare with." };
        var right = new Argument<string>("RIGHT") { Description = "The run that is compared." };
        var all = new Option<bool>("--all") { Description = "Print every number of both runs too." };
        var api = new ApiOptions();
        var command = new Command(
            "compare",
            "Compare two runs. Ends with 1 when a headline number got worse (the gate's, else the task's first; p ≤ 0.05), "
                + "2 when the runs cannot be paired or the data does not decide, 3 when no sample of one counts, else 0."
        )
        {
            left,
            right,
            all,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var comparison = await client.CompareAsync(
                    parsed.GetRequiredValue(left),
                    parsed.GetRequiredValue(right),
                    cancellationToken
                );
                if (parsed.GetValue(api.Json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(comparison, ResultJson.Indented));
                }
                else
                {
                    var printer = new ComparisonPrinter(console);
                    printer.Print(comparison);
                    await printer.PrintFlipsAsync(comparison, client, cancellationToken);
                    if (parsed.GetValue(all))
                    {
                        printer.PrintAll(comparison);
                    }
                }

                return ExitCodes.FromComparison(comparison);
            }
        );
        return command;
    }
}
