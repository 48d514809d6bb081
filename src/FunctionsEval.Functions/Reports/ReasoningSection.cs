using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using System.Globalization;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports;

/// <summary>The part of the report about what models wrote for themselves.</summary>
internal static class ReasoningSection
{
    /// <summary>Writes the part; nothing where no model reasoned.</summary>
    public static void Write(HtmlPage page, RunSummary summary)
    {
        if (summary.Reasoning is not { } reasoning)
        {
            return;
        }

        page.Raw(
            "<section>\n<h2>Reasoning</h2>\n<table>\n<thead><tr><th scope=\"col\">model</th><th scope=\"col\">answers with reasoning</th><th scope=\"col\">characters</th><th scope=\"col\">tokens</th></tr></thead>\n<tbody>\n"
        );
        foreach (var (role, counts) in reasoning)
        {
            page.Raw("<tr>");
            page.Element("th", role, attributes: "scope=\"row\"");
            page.Element("td", Count(counts.Samples));
            page.Element("td", Count(counts.Characters));
            page.Element("td", counts.Tokens > 0 ? Count(counts.Tokens) : "not counted");
            page.Raw("</tr>\n");
        }

        page.Raw(
            "</tbody>\n</table>\n<p class=\"note\">Kept apart from the answers: it is not read, and no metric sees it. samples.jsonl has it as reasoning.</p>\n</section>\n"
        );
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
