using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Fluid.Values;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports.Page;
using Microsoft.Extensions.FileProviders;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// <c>report.html</c>: a run's summary as one page that needs nothing else: no network, no script. Light and dark, readable on a phone and
/// on paper. The markup is in the templates alone, and everything that they insert is escaped.
/// </summary>
internal static class HtmlReport
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly TemplateOptions Options = CreateOptions();
    private static readonly IFluidTemplate Template = new FluidParser().Parse("{% include 'report' %}");

    /// <summary>Writes the page.</summary>
    /// <param name="summary">The run's summary.</param>
    /// <param name="flips">Samples that only one of the two models got right.</param>
    /// <param name="latencies">Latency and length of each model's answers.</param>
    public static string Write(RunSummary summary, SampleFlips flips, IReadOnlyList<AnswerLatency> latencies) =>
        Write(ReportPage.From(new ReportSource(summary, flips, latencies)));

    /// <summary>Writes the page of a suite run.</summary>
    public static string Write(SuiteRun suite) => Write(SuiteReportPage.From(suite));

    private static string Write(ReportPage page)
    {
        var context = new TemplateContext(Options);
        context.SetValue("page", page);
        return Template.Render(context, Encoder);
    }

    private static TemplateOptions CreateOptions()
    {
        var options = new TemplateOptions
        {
            FileProvider = new EmbeddedFileProvider(typeof(HtmlReport).Assembly, "report"),
            MemberAccessStrategy = new UnsafeMemberAccessStrategy { MemberNameStrategy = MemberNameStrategies.SnakeCase },
        };
        options.ValueConverters.Add(value => value is string text ? new StringValue(WithoutControls(text)) : null);
        return options;
    }

    /// <summary>Control characters have no place in a page, escaped or not.</summary>
    private static string WithoutControls(string text) =>
        text.Any(IsUnfit) ? string.Concat(text.Select(character => IsUnfit(character) ? '\uFFFD' : character)) : text;

    private static bool IsUnfit(char character) => char.IsControl(character) && character is not ('\n' or '\t');
}
