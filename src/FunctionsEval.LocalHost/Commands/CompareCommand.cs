using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>
/// <c>compare LEFT RIGHT</c>: two runs beside each other. The app decides by the headline numbers; this prints and ends with its decision.
/// </summary>
internal static class CompareCommand
{
    /// <summary>Samples that changed sides and are printed.</summary>
    private const int FlipsShown = 20;

    private const int AnswerLength = 60;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var left = new Argument<string>("LEFT") { Description = "The run to compare with." };
        var right = new Argument<string>("RIGHT") { Description = "The run that is compared." };
        var api = new ApiOptions();
        var command = new Command(
            "compare",
            "Two runs beside each other. Ends with 1 when a headline number got worse (the gate's, else the task's first; p ≤ 0.05), 2 when the runs cannot be paired or the data does not decide, 3 when no sample of one counts, else 0."
        )
        {
            left,
            right,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var (leftId, rightId) = (parsed.GetRequiredValue(left), parsed.GetRequiredValue(right));
                var comparison = await client.CompareAsync(leftId, rightId, cancellationToken);
                if (parsed.GetValue(api.Json))
                {
                    Console.WriteLine(comparison.ToJsonString(Indented));
                }
                else
                {
                    Print(comparison, console);
                    await PrintFlipsAsync(comparison, client, console, cancellationToken);
                }

                return CodeOf(comparison);
            }
        );
        return command;
    }

    private static int CodeOf(JsonObject comparison) =>
        (long?)comparison["left"]!["counted"] == 0 || (long?)comparison["right"]!["counted"] == 0
            ? ExitCodes.Error
            : (string?)comparison["decision"] switch
            {
                "worse" => ExitCodes.Fail,
                "better" or "no_clear_difference" => ExitCodes.Pass,
                _ => ExitCodes.Inconclusive,
            };

    private static void Print(JsonObject comparison, IAnsiConsole console)
    {
        var lines = comparison["metrics"]!.AsArray().Select(line => line!.AsObject()).ToList();
        if (!(bool)comparison["paired"]!)
        {
            console.MarkupLineInterpolated(
                $"[yellow]not paired[/]: {(string?)comparison["reason"]} The differences below have no interval."
            );
        }

        PrintList(console, "red", "worse", lines.Where(line => (string?)line["reading"] == "worse"));
        PrintList(console, "green", "better", lines.Where(line => (string?)line["reading"] == "better"));
        PrintList(
            console,
            "green",
            "no clear difference",
            lines.Where(line => IsHeadline(line) && (string?)line["reading"] == "no_clear_difference")
        );
        if (comparison["undecided"] is { } undecided)
        {
            console.MarkupLineInterpolated($"[yellow]not decided[/]: {(string?)undecided}");
        }
        else
        {
            PrintList(console, "yellow", "not decided, no p-value", lines.Where(line => IsHeadline(line) && line["reading"] is null));
        }

        PrintList(console, "yellow", "to look at", lines.Where(line => (string?)line["reading"] == "to_look_at"));
        if (comparison["pairing"] is JsonObject pairing)
        {
            console.MarkupLineInterpolated(
                $"{Count(pairing, "paired")} paired, {Count(pairing, "changed")} changed, {Count(pairing, "added")} added, {Count(pairing, "removed")} removed"
            );
        }

        console.Write(Table(lines, out var left));
        if (left > 0)
        {
            console.WriteLine($"({left} more numbers of classes and slices show no clear difference; --json has them)");
        }
    }

    private static void PrintList(IAnsiConsole console, string colour, string title, IEnumerable<JsonObject> lines)
    {
        var text = string.Join(", ", lines.OrderBy(Gain).Select(Describe));
        if (text.Length > 0)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[{colour}]{title}[/]: {text}");
        }
    }

    /// <summary>
    /// The headline numbers, then what is to be looked at, then those of the whole dataset that decide nothing; what got worse comes first
    /// in each.
    /// </summary>
    private static Table Table(List<JsonObject> lines, out int left)
    {
        var shown = lines.Where(line => IsOfWhole(line) || (string?)line["reading"] == "to_look_at" || line["kind"] is null).ToList();
        left = lines.Count - shown.Count;
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("metric", "slice", "left", "right", "difference", "p", "adjusted p", "gained", "lost", "reading");
        foreach (
            var line in shown
                .OrderBy(line =>
                    IsHeadline(line) ? 0
                    : (string?)line["reading"] == "to_look_at" ? 1
                    : 2
                )
                .ThenBy(Gain)
        )
        {
            var interval = line["differenceLower"] is null ? "" : $" [{Short(line["differenceLower"])}, {Short(line["differenceUpper"])}]";
            string[] cells =
            [
                (string)line["name"]!,
                (string)line["slice"]!,
                Short(line["left"]),
                Short(line["right"]),
                Short(line["difference"]) + interval,
                PValue(line, "pValue"),
                PValue(line, "adjustedPValue"),
                line["gained"]?.ToString() ?? "",
                line["lost"]?.ToString() ?? "",
                ((string?)line["reading"])?.Replace('_', ' ') ?? "",
            ];
            table.AddRow(Array.ConvertAll(cells, Markup.Escape));
        }

        return table;
    }

    private static async Task PrintFlipsAsync(
        JsonObject comparison,
        EvaluationApi client,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        if (comparison["flips"] is not JsonObject flips || ((long)flips["gained"]! == 0 && (long)flips["lost"]! == 0))
        {
            return;
        }

        var (left, right) = ((string)comparison["left"]!["runId"]!, (string)comparison["right"]!["runId"]!);
        console.WriteLine(
            $"flips: {Count(flips, "gained")} gained (right on the right only), {Count(flips, "lost")} lost (right on the left only)"
        );
        try
        {
            await ListFlipsAsync(left, right, client, console, cancellationToken);
        }
        catch (LocalHostException unlisted)
        {
            // The comparison is decided without them.
            console.MarkupLineInterpolated($"[yellow]not listed[/]: {unlisted.Message}");
        }
    }

    private static async Task ListFlipsAsync(
        string left,
        string right,
        EvaluationApi client,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var shown = 0;
        foreach (var flip in new[] { "lost", "gained" })
        {
            await foreach (
                var sample in client.SamplesAsync(right, [new("against", left), new("flip", flip)], FlipsShown - shown, cancellationToken)
            )
            {
                shown++;
                console.WriteLine($"  {flip} {sample["id"]}: {Answer(sample["against"])} → {Answer(sample["candidate"])}");
            }
        }

        console.WriteLine($"All of them: samples {right} --against {left}");
    }

    private static string Answer(JsonNode? answer)
    {
        var text = ((string?)answer?["prediction"] ?? (string?)answer?["text"] ?? (string?)answer?["reason"] ?? "–").ReplaceLineEndings(
            " "
        );
        return text.Length <= AnswerLength ? text : text[..AnswerLength] + "…";
    }

    private static bool IsHeadline(JsonObject line) => (string?)line["kind"] == "headline";

    private static bool IsOfWhole(JsonObject line) => (string?)line["kind"] is "headline" or "other";

    private static double Gain(JsonObject line) => ((double?)line["difference"] ?? 0) * ((bool?)line["higherIsBetter"] == false ? -1 : 1);

    private static string Describe(JsonObject line)
    {
        var slice = (string?)line["slice"] == "all" ? "" : $" ({line["slice"]})";
        var p =
            line["adjustedPValue"] is not null ? $" (adjusted p {PValue(line, "adjustedPValue")})"
            : line["pValue"] is not null ? $" (p {PValue(line, "pValue")})"
            : "";
        return $"{line["name"]}{slice} {Short(line["left"])} → {Short(line["right"])}{p}";
    }

    private static string PValue(JsonObject line, string name) =>
        line[name] is { } p ? PValueText.Of(p.GetValue<double>(), (bool?)line["pValueIsBound"] == true) : "";

    private static string Count(JsonObject from, string name) => ((long)from[name]!).ToString("N0", CultureInfo.InvariantCulture);

    private static string Short(JsonNode? number) =>
        number is null ? "" : number.GetValue<double>().ToString("0.####", CultureInfo.InvariantCulture);
}
