using System.Text.Json.Nodes;
using CsCheck;

namespace FunctionsEval.Core.Tests.Metrics.Fields;

/// <summary>Random JSON values of few names and scalars, so that many of them agree.</summary>
internal static class Values
{
    private static readonly Gen<string> Scalar = Gen.OneOf(
        "1",
        "1.0",
        "1.4",
        "\"1\"",
        "\"a\"",
        "\"A \"",
        "\"2025-03-01\"",
        "\"2025-03-01T10:00:00Z\"",
        "true",
        "null"
    );

    public static readonly Gen<string> Any = Deep(3).Where(value => value != "null");

    public static readonly Gen<string> Objects = ObjectOf(Deep(2));

    /// <summary>The same value with the members of each object in another order.</summary>
    public static string ShuffleMembers(string json, int seed) => Shuffle(JsonNode.Parse(json), new Random(seed))?.ToJsonString() ?? "null";

    private static Gen<string> Deep(int depth) =>
        depth == 0 ? Scalar : Gen.Frequency((4, Scalar), (1, ListOf(Deep(depth - 1))), (2, ObjectOf(Deep(depth - 1))));

    private static Gen<string> ListOf(Gen<string> element) => element.Array[0, 3].Select(elements => $"[{string.Join(',', elements)}]");

    private static Gen<string> ObjectOf(Gen<string> member) =>
        Gen.Select(member.Array[4], Gen.Int[0, 15])
            .Select(
                (values, present) =>
                    $$"""{{{string.Join(',', values.Zip("abcd").Where((_, i) => (present >> i & 1) == 1).Select(pair => $"\"{pair.Second}\":{pair.First}"))}}}"""
            );

    private static JsonNode? Shuffle(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject members:
                var names = members.Select(member => member.Key).ToArray();
                random.Shuffle(names);
                return new JsonObject(names.Select(name => KeyValuePair.Create(name, Shuffle(members[name], random))));
            case JsonArray elements:
                return new JsonArray([.. elements.Select(element => Shuffle(element, random))]);
            default:
                return node?.DeepClone();
        }
    }
}
