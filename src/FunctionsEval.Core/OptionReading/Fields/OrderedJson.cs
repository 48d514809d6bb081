using System.Text.Json;

namespace FunctionsEval.Core.OptionReading.Fields;

/// <summary>
/// JSON whose order of keys has a meaning (a model answers in the order of its schema): the canonical form keeps it as it is.
/// </summary>
/// <param name="Value">The JSON.</param>
internal sealed record OrderedJson(JsonElement Value);
