using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>
/// A name twice in any object of a spec is refused: sections, maps, metrics with their options, graders and JSON that is sent on. The
/// recorded specs have every field.
/// </summary>
public sealed class RepeatedNameTests
{
    [Fact]
    public void Name_that_an_object_of_a_spec_has_twice_is_refused_wherever_it_stands()
    {
        var tried = 0;
        foreach (var form in RecordedFile.Read<RecordedSpec>("canonical-forms.jsonl"))
        {
            SpecReader.ReadCanonical(Encoding.UTF8.GetBytes(form.Canonical), "evaluation.json");
            foreach (var repeated in RepeatNames(Encoding.UTF8.GetBytes(form.Canonical)))
            {
                var refused = Assert.Throws<SpecException>(() => SpecReader.ReadCanonical(repeated, "evaluation.json"));
                Assert.Contains("twice", refused.Message, StringComparison.Ordinal);
                tried++;
            }
        }

        Assert.True(tried > 1_000, $"Only {tried} objects were tried.");
    }

    /// <summary>The JSON with the first name of one of its objects twice, the first time with null: once for each object that has one.</summary>
    private static List<byte[]> RepeatNames(byte[] json)
    {
        var repeated = new List<byte[]>();
        var reader = new Utf8JsonReader(json);
        var begins = false;
        while (reader.Read())
        {
            if (begins && reader.TokenType == JsonTokenType.PropertyName)
            {
                // The reader stands behind the colon.
                var (name, value) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                repeated.Add([.. json[..value], .. "null,"u8, .. json[name..]]);
            }

            begins = reader.TokenType == JsonTokenType.StartObject;
        }

        return repeated;
    }

    private sealed record RecordedSpec(string Canonical);
}
