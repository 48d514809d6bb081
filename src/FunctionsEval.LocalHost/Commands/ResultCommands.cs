using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>
/// <c>list</c>, <c>show</c>, <c>watch</c>, <c>compare</c>, <c>samples</c>, <c>open</c>, <c>export</c>: what runs came to, for people and
/// for pipelines.
/// </summary>
internal static class ResultCommands
{
    private static readonly string[] ListFilters = ["model", "dataset", "suite", "status", "verdict", "size", "continuation"];
    private static readonly string[] ListColumns = ["runId", "status", "verdict", "dataset", "model", "baseline", "started"];
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private static readonly JsonSerializerOptions OneLine = new(Indented) { WriteIndented = false };

    /// <summary>Creates the commands.</summary>
    public static IEnumerable<Command> Create(IAnsiConsole console) =>
        [
            CreateList(console),
            CreateShow(console),
            CreateWatch(console),
            CompareCommand.Create(console),
            CreateSamples(),
            CreateOpen(console),
            CreateExport(),
        ];

    private static Command CreateList(IAnsiConsole console)
    {
        var filters = ListFilters.ToDictionary(
            name => name,
            name => new Option<string?>("--" + name) { Description = $"As the API's parameter {name}.", HelpName = name.ToUpperInvariant() }
        );
        var api = new ApiOptions();
        var command = new Command("list", "Runs, latest first.");
        foreach (var filter in filters.Values)
        {
            command.Add(filter);
        }

        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var page = await client.ListAsync(
                    filters.Select(filter => KeyValuePair.Create(filter.Key, parsed.GetValue(filter.Value))),
                    cancellationToken
                );
                if (parsed.GetValue(api.Json))
                {
                    Console.WriteLine(page.ToJsonString(Indented));
                    return ExitCodes.Pass;
                }

                var table = new Table().Border(TableBorder.Simple).AddColumns(ListColumns);
                foreach (var run in page["runs"]!.AsArray().Select(run => run!.AsObject()))
                {
                    table.AddRow(ListColumns.Select(column => Markup.Escape(run[column]?.ToString() ?? "")).ToArray());
                }

                console.Write(table);
                if ((string?)page["continuation"] is { } next)
                {
                    console.WriteLine($"More: --continuation {next}");
                }

                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static Command CreateShow(IAnsiConsole console)
    {
        var (run, api) = (RunArgument(), new ApiOptions());
        var command = new Command(
            "show",
            "A run's result. Ends with 0 for pass, 1 for fail, 2 for inconclusive or no gate, 3 for no result."
        )
        {
            run,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                return await ShowAsync(client, parsed.GetRequiredValue(run), parsed.GetValue(api.Json), console, cancellationToken);
            }
        );
        return command;
    }

    private static Command CreateWatch(IAnsiConsole console)
    {
        var (run, api) = (RunArgument(), new ApiOptions());
        var command = new Command("watch", "Wait until a run has ended, then show it, with its exit code.") { run };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var row = await client.GetRunAsync(parsed.GetRequiredValue(run), cancellationToken);
                var watched = new DroppedDataset((string)row["dataset"]!, (string)row["datasetETag"]!, (string)row["runId"]!);
                await new ProgressPrinter(Terminal.Errors, TimeProvider.System).ShowAsync(report =>
                    new RunFollower(client, WatchInterval).FollowAsync([watched], report, Timeout.InfiniteTimeSpan, cancellationToken)
                );
                return await ShowAsync(client, watched.RunId!, parsed.GetValue(api.Json), console, cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> ShowAsync(
        EvaluationApi client,
        string runId,
        bool asJson,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var row = await client.GetRunAsync(runId, cancellationToken);
        var summary = await client.FindSummaryAsync(runId, cancellationToken);
        if (asJson)
        {
            Console.WriteLine(new JsonObject { ["run"] = row.DeepClone(), ["summary"] = summary?.DeepClone() }.ToJsonString(Indented));
        }
        else
        {
            new SummaryPrinter(console).Print(row, summary);
        }

        return ExitCodes.FromRun(row);
    }

    private static Command CreateSamples()
    {
        var run = RunArgument();
        var outcome = new Option<string?>("--outcome")
        {
            Description = "Samples with this outcome for either model, for example unparsable.",
            HelpName = "OUTCOME",
        };
        var label = new Option<string?>("--label") { Description = "Samples with this reference.", HelpName = "TEXT" };
        var flip = new Option<string?>("--flip")
        {
            Description = "gained: samples that only the candidate got right; lost: only the baseline.",
            HelpName = "FLIP",
        };
        flip.AcceptOnlyFromAmong("gained", "lost");
        var against = new Option<string?>("--against")
        {
            Description =
                "Another run: samples that are right in one of the two and wrong in the other, with both answers; gained: right in RUN only.",
            HelpName = "RUN",
        };
        var size = new Option<int>("--size")
        {
            Description = "How many at most.",
            HelpName = "N",
            DefaultValueFactory = _ => 50,
        };
        var api = new ApiOptions();
        var command = new Command("samples", "A run's samples, a JSON object a line.") { run, outcome, label, flip, against, size };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                KeyValuePair<string, string?>[] filters =
                [
                    new("outcome", parsed.GetValue(outcome)),
                    new("label", parsed.GetValue(label)),
                    new("flip", parsed.GetValue(flip)),
                    new("against", parsed.GetValue(against)),
                ];
                await foreach (
                    var sample in client.SamplesAsync(parsed.GetRequiredValue(run), filters, parsed.GetValue(size), cancellationToken)
                )
                {
                    Console.WriteLine(sample.ToJsonString(OneLine));
                }

                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static Command CreateOpen(IAnsiConsole console)
    {
        var (run, api) = (RunArgument(), new ApiOptions());
        var command = new Command("open", "Show a run in the app's dashboard, in the browser; prints its address.") { run };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var runId = parsed.GetRequiredValue(run);
                await client.GetRunAsync(runId, cancellationToken);
                var page = client.PageOf(runId);
                console.WriteLine(page.AbsoluteUri);
                Browse(page);
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    /// <summary>Opens the person's browser; on a machine without one the printed address is all there is.</summary>
    private static void Browse(Uri page)
    {
        var (program, isShell) =
            OperatingSystem.IsWindows() ? (page.AbsoluteUri, true)
            : OperatingSystem.IsMacOS() ? ("open", false)
            : ("xdg-open", false);
        try
        {
            using var browser = Process.Start(
                new ProcessStartInfo(program, isShell ? [] : [page.AbsoluteUri]) { UseShellExecute = isShell }
            );
        }
        catch (Win32Exception)
        {
            // No such program: the address is on the screen.
        }
    }

    private static Command CreateExport()
    {
        var run = RunArgument();
        var format = new Option<string>("--format")
        {
            Description =
                "junit: a test case for each rule of the gate; csv: every metric; html: the report; lm-eval, promptfoo, openai-evals: results as those tools write them.",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => "junit",
        };
        format.AcceptOnlyFromAmong("junit", "csv", "html", "lm-eval", "promptfoo", "openai-evals");
        var output = new Option<string?>("--output", "-o") { Description = "The file. Default: standard output.", HelpName = "PATH" };
        var api = new ApiOptions();
        var command = new Command("export", "A run's result in another tool's form.") { run, format, output };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var runId = parsed.GetRequiredValue(run);
                var row = await client.GetRunAsync(runId, cancellationToken);
                var summary = await client.FindSummaryAsync(runId, cancellationToken);
                var text = parsed.GetRequiredValue(format) switch
                {
                    "html" => await client.ReportAsync(runId, cancellationToken),
                    "csv" => ResultExport.Csv(summary),
                    "lm-eval" => ResultExport.LmEval(row, summary).ToJsonString(Indented) + "\n",
                    "promptfoo" => ResultExport.Promptfoo(row, await AllSamplesAsync()).ToJsonString(Indented) + "\n",
                    "openai-evals" => ResultExport.OpenAIEvals(row, await AllSamplesAsync()).ToJsonString(Indented) + "\n",
                    _ => ResultExport.JUnit(row, summary),
                };
                if (parsed.GetValue(output) is { } path)
                {
                    await File.WriteAllTextAsync(path, text, cancellationToken);
                }
                else
                {
                    Console.Write(text);
                }

                return ExitCodes.FromRun(row);

                async Task<List<JsonObject>> AllSamplesAsync()
                {
                    var samples = new List<JsonObject>();
                    await foreach (var sample in client.SamplesAsync(runId, [], int.MaxValue, cancellationToken))
                    {
                        samples.Add(sample);
                    }

                    return samples;
                }
            }
        );
        return command;
    }

    private static Argument<string> RunArgument() => new("RUN") { Description = "The run's id, ev-…" };
}
