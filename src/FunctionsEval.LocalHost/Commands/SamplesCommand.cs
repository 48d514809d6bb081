using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>
/// <c>samples RUN</c>: prints a run's samples: a table on a terminal; elsewhere, and on request, one JSON object per line.
/// </summary>
internal static class SamplesCommand
{
    private static readonly Option<string?>[] Filters =
    [
        Filter("outcome", "OUTCOME", "Samples with this outcome for either model, for example unparsable."),
        Filter("label", "TEXT", "Samples with this reference."),
        Filter("prediction", "TEXT", "Samples for which the candidate answered this."),
        Filter("text", "TEXT", "Samples with this text in their input, references or answers, in any letter case."),
        Filter("flip", "FLIP", "gained: samples that only the candidate got right; lost: only the baseline.", "gained", "lost"),
        Filter(
            "against",
            "RUN",
            "Another run: samples that are right in one of the two and wrong in the other, with both answers; gained: right in RUN only."
        ),
        Filter(
            "sort",
            "BY",
            "Another order than the dataset's: score (the lowest first), baselineScore, difference or length.",
            "line",
            "score",
            "baselineScore",
            "difference",
            "length"
        ),
        Filter("order", "ORDER", "asc or desc.", "asc", "desc"),
        Filter("metric", "NAME", "The metric whose score of each sample is shown and sorted by."),
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var run = RunArgument.Create();
        var wrong = new Option<bool>("--wrong") { Description = "Samples that the candidate got wrong." };
        var tags = new Option<string[]>("--tag")
        {
            Description = "Samples with this tag; given several times, with all of them.",
            HelpName = "NAME=VALUE",
        };
        var size = new Option<int>("--size")
        {
            Description = "How many at most.",
            HelpName = "N",
            DefaultValueFactory = _ => 50,
        };
        var api = new ApiOptions();
        var command = new Command("samples", "List a run's samples: a table on a terminal, else one JSON object per line.")
        {
            run,
            wrong,
            tags,
            size,
        };
        foreach (var filter in Filters)
        {
            command.Add(filter);
        }

        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                List<KeyValuePair<string, string?>> filters =
                [
                    .. Filters.Select(filter => KeyValuePair.Create(filter.Name[2..], parsed.GetValue(filter))),
                    new("correct", parsed.GetValue(wrong) ? "false" : null),
                    .. (parsed.GetValue(tags) ?? []).Select(tag => KeyValuePair.Create("tag", (string?)tag)),
                ];
                var pages = client.SamplePagesAsync(parsed.GetRequiredValue(run), filters, parsed.GetValue(size), cancellationToken);
                await PrintAsync(pages, parsed.GetValue(api.Json) || !console.Profile.Out.IsTerminal, console);
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static Option<string?> Filter(string name, string helpName, string description, params string[] values)
    {
        var option = new Option<string?>("--" + name) { Description = description, HelpName = helpName };
        return values.Length > 0 ? option.AcceptOnlyFromAmong(values) : option;
    }

    /// <summary>Prints the samples, and beside them how many there are: lines of JSON stay what a program reads.</summary>
    private static async Task PrintAsync(IAsyncEnumerable<SamplePage> pages, bool asJson, IAnsiConsole console)
    {
        var (shown, notes) = (new List<SampleResult>(), new HashSet<string>(StringComparer.Ordinal));
        var (count, last) = (0, (SamplePage?)null);
        await foreach (var page in pages)
        {
            foreach (var sample in page.Samples)
            {
                count++;
                if (asJson)
                {
                    Console.WriteLine(JsonSerializer.Serialize(sample, ResultJson.Options));
                }
                else
                {
                    shown.Add(sample);
                }
            }

            notes.UnionWith(page.Notes ?? []);
            last = page;
        }

        new SamplesPrinter(console).Print(shown, last?.Metric);
        var told = asJson ? Console.Error : console.Profile.Out.Writer;
        foreach (var note in notes.Append(SamplesPrinter.Rest(count, last)).OfType<string>())
        {
            await told.WriteLineAsync(note);
        }
    }
}
