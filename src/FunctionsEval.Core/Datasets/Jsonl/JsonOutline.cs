using System.Text.Json;

namespace FunctionsEval.Core.Datasets.Jsonl;

/// <summary>The structure of the beginning of a JSON file: the members of objects, and the first element of each list.</summary>
internal sealed class JsonOutline
{
    private const int MaxMembers = 64;
    private const int MaxDepth = 8;

    private readonly List<(string Name, JsonOutline Value)> _members = [];

    private JsonOutline(JsonTokenType kind) => Kind = kind;

    /// <summary>StartObject, StartArray or, for anything else, None.</summary>
    public JsonTokenType Kind { get; }

    /// <summary>Members of an object, in their order.</summary>
    public IReadOnlyList<(string Name, JsonOutline Value)> Members => _members;

    /// <summary>First element of a list; null when it is empty or not read.</summary>
    public JsonOutline? Element { get; private set; }

    /// <summary>Whether another value follows.</summary>
    public bool HasMore { get; private set; }

    public bool IsObject => Kind == JsonTokenType.StartObject;

    public bool IsList => Kind == JsonTokenType.StartArray;

    public bool IsPlain => Kind == JsonTokenType.None;

    /// <summary>A member; null when there is none.</summary>
    public JsonOutline? this[string name] => _members.Find(member => member.Name == name).Value;

    /// <summary>Reads the first value of a file as far as its beginning goes; null when it does not begin with one.</summary>
    /// <param name="head">The file's beginning.</param>
    public static JsonOutline? Read(ReadOnlySpan<byte> head)
    {
        var reader = new Utf8JsonReader(
            head,
            isFinalBlock: false,
            new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true })
        );
        JsonOutline? root = null;
        try
        {
            if (reader.Read())
            {
                root = Create(ref reader);
                root.Fill(ref reader, 0);
                root.HasMore = reader.Read();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Only what precedes the invalid place is reported.
        }

        return root;
    }

    private static JsonOutline Create(ref Utf8JsonReader reader) =>
        new(reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? reader.TokenType : JsonTokenType.None);

    /// <summary>Reads on to the value's end; false when the beginning ends before.</summary>
    private bool Fill(ref Utf8JsonReader reader, int depth)
    {
        if (IsPlain)
        {
            return true;
        }

        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                return true;
            }

            var name = IsObject ? reader.GetString()! : "";
            if (IsObject && !reader.Read())
            {
                return false;
            }

            var value = Create(ref reader);
            if (IsObject && _members.Count < MaxMembers)
            {
                _members.Add((name, value));
            }
            else if (IsList)
            {
                Element ??= value;
            }

            var isTold = depth < MaxDepth && (IsObject || Element == value);
            if (!(isTold ? value.Fill(ref reader, depth + 1) : Skip(ref reader)))
            {
                return false;
            }
        }

        return false;
    }

    private static bool Skip(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return true;
        }

        while (reader.Read())
        {
            if (reader.CurrentDepth == depth)
            {
                return true;
            }
        }

        return false;
    }
}
