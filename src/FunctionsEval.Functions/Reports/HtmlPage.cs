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
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace FunctionsEval.Functions.Reports;

/// <summary>A page being written. Text is escaped; markup is the app's own.</summary>
internal sealed class HtmlPage
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _html = new();

    /// <summary>Markup of the app's own, never of a dataset or a model.</summary>
    public void Raw(string markup) => _html.Append(markup);

    /// <summary>Text of anybody's.</summary>
    public void Text(string text) => _html.Append(Encode(text));

    /// <summary>An element with a text.</summary>
    public void Element(string name, string text, string cssClass = "", string attributes = "")
    {
        _html.Append('<').Append(name);
        if (cssClass.Length > 0)
        {
            _html.Append(" class=\"").Append(cssClass).Append('"');
        }

        if (attributes.Length > 0)
        {
            _html.Append(' ').Append(attributes);
        }

        _html.Append('>');
        Text(text);
        _html.Append("</").Append(name).Append('>');
        if (name is "h1" or "h2" or "p" or "pre" or "title")
        {
            _html.Append('\n');
        }
    }

    /// <summary>A term and its description.</summary>
    public void Pair(string term, string description)
    {
        Element("dt", term);
        Element("dd", description);
        _html.Append('\n');
    }

    public override string ToString() => _html.ToString();

    /// <summary>Control characters have no place in a page, escaped or not.</summary>
    private static string Encode(string text) =>
        Encoder.Encode(
            string.Concat(text.Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '\uFFFD' : character))
        );
}
