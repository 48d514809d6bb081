using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Reads the tags of a row, by which results are sliced.</summary>
internal static class TagReader
{
    /// <summary>Reads the object <c>tags</c> and the fields that the spec names.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="names">Fields that become tags.</param>
    /// <param name="hasObject">Whether <c>tags</c> is looked at.</param>
    /// <param name="tags">The tags.</param>
    public static RowProblem? Read(RowFields fields, IReadOnlyList<string> names, bool hasObject, out Dictionary<string, string> tags)
    {
        tags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (hasObject && fields.TryFind("tags", out var own))
        {
            if (own.ValueKind != JsonValueKind.Object)
            {
                return SampleReader.WrongType("tags", "an object", own);
            }

            foreach (var tag in own.EnumerateObject())
            {
                if (JsonText.TryRead(tag.Value, out var text))
                {
                    tags[tag.Name] = text;
                }
                else if (tag.Value.ValueKind != JsonValueKind.Null)
                {
                    return SampleReader.WrongType("a value of tags", "a string, a number or a boolean", tag.Value);
                }
            }
        }

        foreach (var name in names)
        {
            if (!fields.TryFind(name, out var value))
            {
                continue;
            }

            if (!JsonText.TryRead(value, out var text))
            {
                return SampleReader.WrongType(name, "a string, a number or a boolean", value);
            }

            tags[name] = text;
        }

        return null;
    }
}
