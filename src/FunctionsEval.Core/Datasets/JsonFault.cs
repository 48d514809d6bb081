using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// What the grammar of JSON allows and a file that somebody writes must not have: a name twice in one object, of which readers take the
/// first, the last or none, and half a surrogate pair, which is no character.
/// </summary>
/// <param name="Problem">What is wrong: a clause that is no whole sentence, without the place.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The character (Unicode code point) of the line, from 1.</param>
public sealed record JsonFault(string Problem, int Line, int Column)
{
    /// <summary>Finds the first one; null for none.</summary>
    /// <param name="utf8">The JSON, without a byte order mark.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static JsonFault? Find(ReadOnlySpan<byte> utf8, JsonReaderOptions options)
    {
        if (Utf8Text.IndexOfInvalid(utf8) is >= 0 and var invalid)
        {
            return At(utf8, invalid, "the bytes are not UTF-8");
        }

        if (JsonTokens.IndexOfHalfSurrogate(utf8, options) is >= 0 and var half)
        {
            return At(utf8, half, "a text or name escapes half a surrogate pair (\\ud800 to \\udfff), which is no character");
        }

        return JsonTokens.IndexOfRepeatedName(utf8, options, out var name) is >= 0 and var repeated
            ? At(utf8, repeated, $"'{NearestName.Shown(name)}' is there twice in one object")
            : null;
    }

    private static JsonFault At(ReadOnlySpan<byte> utf8, int index, string problem)
    {
        var line = utf8[(utf8[..index].LastIndexOf((byte)'\n') + 1)..];
        var before = utf8.Length - line.Length;
        return new JsonFault(problem, utf8[..before].Count((byte)'\n') + 1, Utf8Text.ColumnOf(line, index - before));
    }
}
