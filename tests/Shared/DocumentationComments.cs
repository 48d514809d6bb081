using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FunctionsEval.Tests;

/// <summary>The summaries in an assembly's documentation file, as Markdown for a cell of a table.</summary>
internal sealed partial class DocumentationComments
{
    private readonly Dictionary<string, XElement> _members;

    public DocumentationComments(Assembly assembly) =>
        _members = XDocument
            .Load(Path.ChangeExtension(assembly.Location, ".xml"), LoadOptions.PreserveWhitespace)
            .Descendants("member")
            .ToDictionary(member => (string)member.Attribute("name")!);

    /// <summary>An element of a type's comment, its summary by default.</summary>
    public string TextOf(Type type, string element = "summary") =>
        Find($"T:{type.FullName}", element) ?? throw new InvalidOperationException($"The comment on {type.Name} has no {element}.");

    public string TextOf(PropertyInfo property) =>
        Find($"P:{property.DeclaringType!.FullName}.{property.Name}") ?? throw Missing($"{property.DeclaringType.Name}.{property.Name}");

    public string? TextOf(FieldInfo field) => Find($"F:{field.DeclaringType!.FullName}.{field.Name}");

    private string? Find(string id, string element = "summary") =>
        _members.TryGetValue(id, out var member) && member.Element(element) is { } comment
            ? WhiteSpace()
                .Replace(string.Concat(comment.Nodes().Select(Markdown)), " ")
                .Trim()
                .Replace("|", "\\|", StringComparison.Ordinal)
            : null;

    private static string Markdown(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } link when link.Attribute("href") is { } address => $"[{link.Value}]({address.Value})",
            XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('.')[^1]}`",
            _ => throw new NotSupportedException($"A comment that goes into the documentation has '{node}'."),
        };

    private static InvalidOperationException Missing(string member) =>
        new($"{member} has no summary, which the documentation is made from.");

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
