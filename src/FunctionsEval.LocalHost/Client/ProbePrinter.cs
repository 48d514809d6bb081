using System.Globalization;
using FunctionsEval.Core.Results;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints what a probe will ask, and what it found.</summary>
internal sealed class ProbePrinter(IAnsiConsole console)
{
    /// <summary>Prints what a probe will ask, before it does.</summary>
    public void Print(ModelProbePlan plan)
    {
        console.MarkupLineInterpolated($"[bold]{plan.Model}[/]: {plan.Deployment}, {plan.Provider}, {plan.Api}");
        console.MarkupLineInterpolated($"  {plan.Address}, {Describe(plan.Credential)}");
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"  At most {plan.Questions} questions: {Tokens(plan.AtMost)} if each is paid twice; {plan.MaxSeconds} s."
        );
    }

    /// <summary>Prints what a probe found.</summary>
    public void Print(ModelProbe probe)
    {
        PrintFindings(probe.Findings);
        PrintAnswer(probe);
        foreach (var (name, value) in probe.LimitHeaders)
        {
            console.MarkupLineInterpolated($"  {name}: {value}");
        }

        PrintRuledOut(probe.RuledOut);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{probe.Used.Requests} requests: {Tokens(probe.Used)}.");
        if (!probe.IsUsable)
        {
            console.MarkupLineInterpolated($"[red]not usable[/]: {probe.Problem}");
            return;
        }

        console.MarkupLineInterpolated($"[green]usable[/]: {probe.Plan.Model}");
        if (probe.Spec is { } spec)
        {
            Print(spec);
        }
    }

    private void Print(SpecProbe spec)
    {
        var (colour, word) = spec.CanServe switch
        {
            true => ("green", "yes"),
            false => ("red", "no"),
            null => ("yellow", "not known"),
        };
        console.MarkupLineInterpolated(
            $"can serve the spec, which needs {string.Join(", ", spec.Needs.Select(ProbeNames.NameOf))}: [{colour}]{word}[/]"
        );
        foreach (var problem in spec.Problems)
        {
            console.MarkupLineInterpolated($"  {problem}");
        }
    }

    private void PrintFindings(IReadOnlyList<ProbeFinding> findings)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("feature", "", "");
        foreach (var finding in findings)
        {
            var colour = finding.State switch
            {
                ProbeState.Works => "green",
                ProbeState.Missing => "red",
                _ => "yellow",
            };
            table.AddRow(
                ProbeNames.NameOf(finding.Feature),
                $"[{colour}]{ProbeNames.NameOf(finding.State)}[/]",
                Markup.Escape(finding.Detail ?? "")
            );
        }

        console.Write(table);
    }

    private void PrintAnswer(ModelProbe probe)
    {
        string?[] parts =
        [
            probe.AnswerMilliseconds is { } whole ? Format($"first answer after {whole} ms") : null,
            probe.FirstTokenMilliseconds is { } token ? Format($"first token of a stream after {token} ms") : null,
            probe.AnsweringModel is { } model ? $"answered by {model}" : null,
            probe.SystemFingerprint is { } fingerprint ? $"fingerprint {fingerprint}" : null,
        ];
        if (Array.Exists(parts, part => part is not null))
        {
            console.WriteLine(string.Join(", ", parts.OfType<string>()));
        }
    }

    private void PrintRuledOut(IReadOnlyList<ProbeConsequence> consequences)
    {
        foreach (var consequence in consequences)
        {
            string?[] parts =
            [
                List("tasks", consequence.Tasks),
                List("metrics", consequence.Metrics),
                List("fields of the spec", consequence.SpecFields),
            ];
            console.MarkupLineInterpolated(
                $"[yellow]without {ProbeNames.NameOf(consequence.Missing)}[/]: ruled out are {string.Join("; ", parts.OfType<string>())}. {consequence.Instead}"
            );
        }
    }

    private static string? List(string what, IReadOnlyList<string> names) => names.Count > 0 ? $"{what} {string.Join(", ", names)}" : null;

    private static string Tokens(ProbeUse use) =>
        Format($"{use.InputTokens} tokens of prompts, {use.OutputTokens} of answers")
        + (use.Cost is { } cost ? Format($", cost {cost:0.######}") : ", cost not known (the model has no prices)");

    private static string Describe(ProbeCredential credential) =>
        credential switch
        {
            ProbeCredential.Key => "with a key",
            ProbeCredential.Identity => "with the app's identity",
            _ => "without a key",
        };

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
