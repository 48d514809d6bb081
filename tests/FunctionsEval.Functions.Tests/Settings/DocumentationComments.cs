using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FunctionsEval.Functions.Tests.Settings;

/// <summary>The summaries in an assembly's documentation file, as Markdown for a cell of a table.</summary>
internal sealed partial class DocumentationComments
{
    private readonly Dictionary<string, XElement> _summaries;

    public DocumentationComments(Assembly assembly) =>
        _summaries = XDocument
            .Load(Path.ChangeExtension(assembly.Location, ".xml"), LoadOptions.PreserveWhitespace)
            .Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => (string)member.Attribute("name")!, member => member.Element("summary")!);

    public string Of(Type type) => Find($"T:{type.FullName}") ?? throw Missing(type.Name);

    public string Of(PropertyInfo property) =>
        Find($"P:{property.DeclaringType!.FullName}.{property.Name}") ?? throw Missing($"{property.DeclaringType.Name}.{property.Name}");

    public string? Of(FieldInfo field) => Find($"F:{field.DeclaringType!.FullName}.{field.Name}");

    private string? Find(string id) =>
        _summaries.TryGetValue(id, out var summary)
            ? WhiteSpace()
                .Replace(string.Concat(summary.Nodes().Select(Markdown)), " ")
                .Trim()
                .Replace("|", "\\|", StringComparison.Ordinal)
            : null;

    private static string Markdown(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('.')[^1]}`",
            _ => throw new NotSupportedException($"A comment that goes into the documentation has '{node}'."),
        };

    private static InvalidOperationException Missing(string member) =>
        new($"{member} has no summary, which docs/settings.md is made from.");

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
