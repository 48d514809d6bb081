namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>One way of reading an answer. Safe for concurrent use.</summary>
internal abstract class AnswerMethod
{
    /// <summary>Whether white space alone may be an answer.</summary>
    public virtual bool TakesWhiteSpace => false;

    /// <summary>The labels as they stand in an answer.</summary>
    public abstract LabelSpellings Spellings { get; }

    /// <summary>Creates the method that a spec names.</summary>
    /// <param name="method">The method.</param>
    /// <param name="parsing">Its options, without a <see cref="ParsingSpec.FindProblem">problem</see>.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="takesLists">Whether a list in a JSON field is an answer: its JSON is then the text. Default false.</param>
    public static AnswerMethod Create(ParsingMethod method, ParsingSpec parsing, AnswerLabels labels, bool takesLists = false) =>
        method switch
        {
            ParsingMethod.Text => new TextMethod(labels),
            ParsingMethod.Label => new LabelMethod(labels),
            ParsingMethod.Integer => new IntegerMethod(labels),
            ParsingMethod.Choice => new ChoiceMethod(labels),
            ParsingMethod.Json => new JsonMethod(labels),
            ParsingMethod.JsonField => new JsonFieldMethod(parsing.Field!, labels, takesLists),
            ParsingMethod.Regex => new RegexMethod(parsing.Pattern!, labels),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };

    /// <summary>Reads an answer strictly.</summary>
    public abstract ParseResult Read(string text);

    /// <summary>Reads an answer whatever stands around it; null when there is none, or several.</summary>
    public abstract string? ReadLeniently(string text);

    /// <summary>Where in an answer the label begins, what may stand before it included; null when it has no place for one.</summary>
    public virtual int? LabelStart(string text) => 0;

    /// <summary>A label as an answer has it.</summary>
    public virtual string Write(string label) => label;

    /// <summary>A reference in the spelling in which answers are read.</summary>
    public virtual string NormalizeReference(string reference) => reference;

    /// <summary>
    /// A prediction that is given instead of a text, in the spelling in which answers are logged; null when it is none. Default: as it is.
    /// </summary>
    public virtual string? ReadPrediction(string prediction) => prediction;
}
