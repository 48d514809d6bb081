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
/// on paper. The markup is in the templates alone, and everything that they insert is escaped. It has the dashboard's design language, and
/// what it shows is bounded: the most that it can be is below 5 MB, whatever was evaluated.
/// </summary>
internal static class HtmlReport
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly TemplateOptions Options = CreateOptions();
    private static readonly IFluidTemplate Template = new FluidParser().Parse("{% include 'report' %}");

    /// <summary>Writes the page of a run, or of a group.</summary>
    public static string Write(ReportSource source) => Write(ReportPage.From(source));

    /// <summary>Writes the page of a suite run.</summary>
    /// <param name="suite">The suite run.</param>
    /// <param name="currency">The currency of the models' prices.</param>
    public static string Write(SuiteRun suite, string currency) => Write(SuiteReportPage.From(suite, currency));

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
