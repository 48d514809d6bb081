using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Prompts;

/// <summary>Liquid templates; the row's fields are variables, <c>input</c> is the sample's input, <c>messages</c> its turns.</summary>
public sealed record PromptSpec
{
    /// <summary>Liquid template of the system turn; null keeps the row's own, if any. See <see href="#prompts">Prompts</see>.</summary>
    [TemplateField]
    [Example("Answer with exactly one label: billing, refund, shipping.")]
    public string? System { get; init; }

    /// <summary>Liquid template of the user turn; null sends the row's own turns, or its input as one user turn.</summary>
    [TemplateField]
    [Example("{{ context }}\n\n{{ question }}")]
    public string? User { get; init; }

    /// <summary>Examples from the training file that come before the sample; null for none.</summary>
    [SectionField(Written = Written.UnlessDefault)]
    public FewShotSpec? FewShot { get; init; }
}
