using System.Reflection;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Page;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>The report's templates: all the markup there is, and nothing that goes around the escaping.</summary>
public sealed class ReportTemplateTests
{
    private static readonly Assembly App = typeof(HtmlReport).Assembly;

    private static readonly Dictionary<string, string> Templates = App.GetManifestResourceNames()
        .Where(name => name.StartsWith("report.", StringComparison.Ordinal))
        .ToDictionary(name => name["report.".Length..^".liquid".Length], Read);

    [Fact]
    public void No_template_inserts_a_text_unescaped() =>
        Assert.All(Templates.Values, template => Assert.DoesNotContain("raw", template, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Every_block_has_a_template_and_every_template_belongs_to_a_block_or_the_page()
    {
        var blocks = App.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ReportBlock)))
            .Select(type => ((ReportBlock)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type)).Template);

        Assert.Equal(
            Templates.Keys.Order(StringComparer.Ordinal),
            blocks.Concat(["report", "style", "look", "cell"]).Order(StringComparer.Ordinal)
        );
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(App.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
