namespace FunctionsEval.Core.OptionReading;

/// <summary>What is wrong with one field of an object of options.</summary>
/// <param name="Path">The field, relative to the object: <c>labels[2]</c>, <c>parsing.field</c>.</param>
/// <param name="Message">What is wrong, as the end of a sentence that begins with the field.</param>
public sealed record OptionProblem(string Path, string Message);
