using System.Text.Encodings.Web;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>The tags <c>capture</c> and <c>ifchanged</c>, which keep what their block writes: no more than a prompt may have.</summary>
/// <param name="variable">The variable that gets the text; null for <c>ifchanged</c>, which writes it when it is another than
/// before.</param>
/// <param name="statements">The block.</param>
internal sealed class BoundedCapture(string? variable, IReadOnlyList<Statement> statements) : Statement
{
    private const string LastText = "ifchanged";

    public override async ValueTask<Completion> WriteToAsync(TextWriter writer, TextEncoder encoder, TemplateContext context)
    {
        context.IncrementSteps();
        using var captured = new BoundedWriter(PromptTemplate.MaxCharacters);
        var completion = Completion.Normal;
        for (var i = 0; i < statements.Count && completion == Completion.Normal; i++)
        {
            completion = await statements[i].WriteToAsync(captured, encoder, context);
        }

        var text = captured.ToString();
        ((PromptContext)context).CountWritten(text.Length);
        if (variable is not null)
        {
            context.SetValue(variable, new StringValue(text));
        }
        else if (!context.AmbientValues.TryGetValue(LastText, out var last) || !text.Equals(last as string, StringComparison.Ordinal))
        {
            context.AmbientValues[LastText] = text;
            await writer.WriteAsync(text);
        }

        return completion;
    }
}
