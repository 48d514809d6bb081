namespace FunctionsEval.Core.Datasets.Jsonl;

/// <summary>Finds the rows in a JSON file, and the jq filter that makes each a line.</summary>
internal static class JsonFileFix
{
    private const int MaxName = 40;
    private const string Pair = "{text: .[0], label: .[1]}";

    /// <summary>Lists that are the rows rather than others, the likeliest first.</summary>
    private static readonly string[] RowLists =
    [
        "test",
        "data",
        "rows",
        "examples",
        "samples",
        "instances",
        "questions",
        "items",
        "validation",
        "valid",
        "val",
        "dev",
        "train",
    ];

    /// <summary>Lists that a row itself may have.</summary>
    private static readonly string[] ListsOfRow =
    [
        "messages",
        "conversations",
        "conversation",
        "choices",
        "options",
        "endings",
        "answers",
        "history",
        "input",
        "prompt",
        "tools",
        "references",
    ];

    /// <summary>What the file is and the command that makes one row a line; null when it does not begin with a list or an object.</summary>
    /// <param name="head">The file's beginning.</param>
    public static string? Find(ReadOnlySpan<byte> head)
    {
        var root = JsonOutline.Read(head.StartsWith(Utf8Text.Bom) ? head[Utf8Text.Bom.Length..] : head);
        return root switch
        {
            { IsList: true } => $"is a JSON array. Write one row per line with {Command(root.HasMore ? Pair : ListFix("", root))}.",
            { IsObject: true, HasMore: false } => InObject(root) ?? OneRow,
            { IsObject: true } => OneRow,
            _ => null,
        };
    }

    private static string OneRow => $"spreads a JSON object over several lines. Write one row per line with {Command(".")}.";

    /// <summary>The rows in an object; null when it is itself a row.</summary>
    internal static string? InObject(ReadOnlySpan<byte> head) =>
        JsonOutline.Read(head) is { IsObject: true, HasMore: false } root ? InObject(root) : null;

    private static string? InObject(JsonOutline root)
    {
        var members = root.Members;
        if (members.Count > 1 && members.All(member => IsColumn(member.Value)))
        {
            return Told("map_values([.[]]) | . as $all | range(.[keys_unsorted[0]] | length) as $i | $all | map_values(.[$i])");
        }

        if (members.Any(member => ListsOfRow.Contains(member.Name)))
        {
            return null;
        }

        if (root["columns"] is { IsList: true, Element.IsPlain: true } && root["data"] is { IsList: true, Element.IsList: true })
        {
            return Told(".columns as $names | .data[] | [$names, .] | transpose | map({(.[0]): .[1]}) | add");
        }

        var lists = Lists(root, "")
            .OrderBy(list => Array.IndexOf(RowLists, list.Name) is >= 0 and var rank ? rank : RowLists.Length)
            .ToList();
        if (lists.Count > 0)
        {
            var others = string.Join(", ", lists.Skip(1).Where(list => list.Path.Length > 0).Take(3).Select(list => list.Path));
            return Told(ListFix(lists[0].Path.Length > 0 ? lists[0].Path : ".\"NAME\"", lists[0].Value))
                + (lists[0].Path.Length == 0 ? " Write the list's name for NAME." : "")
                + (others.Length > 0 ? $" It has other lists, too ({others}): write one file for each." : "");
        }

        return
            members.Count > 1
            && members.All(member =>
                member.Value is { IsObject: true, Members.Count: > 0 } && HaveSameNames(member.Value, members[0].Value)
            )
            ? Told("to_entries[] | {id: .key} + .value")
            : null;
    }

    /// <summary>The filter of a list's rows.</summary>
    private static string ListFix(string path, JsonOutline list)
    {
        var rows = path.Length == 0 ? ".[]" : $"{path}[]";
        return list.Element switch
        {
            { IsObject: true } article when article["paragraphs"]?.Element?["qas"] is not null => SquadFix($"{rows}.paragraphs[]"),
            { IsObject: true } paragraph when paragraph["qas"] is not null && paragraph["context"] is not null => SquadFix(rows),
            { IsObject: true } numbered when numbered["row"] is { IsObject: true } && numbered["row_idx"] is not null => $"{rows}.row",
            { IsList: true } => $"{rows} | {Pair}",
            { IsPlain: true } => $"{rows} | {{text: .}}",
            _ => rows,
        };
    }

    private static string SquadFix(string paragraphs) =>
        $"{paragraphs} | .context as $context | .qas[] | {{id, context: $context, question, answers: {{text: "
        + "[.answers[]?.text], answer_start: [.answers[]?.answer_start]}}";

    /// <summary>The lists of rows in an object and in the objects in it.</summary>
    private static IEnumerable<(string Name, string Path, JsonOutline Value)> Lists(JsonOutline node, string path)
    {
        foreach (var (name, value) in node.Members)
        {
            // A name goes into a command that is pasted into a shell.
            var isPlainName =
                name.Length is > 0 and <= MaxName && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
            var inner = isPlainName ? $"{path}.{name}" : "";
            if (value is { IsList: true, Element.IsPlain: false })
            {
                yield return (name, inner, value);
            }
            else if (value.IsObject && inner.Length > 0)
            {
                foreach (var list in Lists(value, inner))
                {
                    yield return list;
                }
            }
        }
    }

    private static bool IsColumn(JsonOutline value) =>
        value switch
        {
            { IsList: true, Element: { IsPlain: true } } => true,
            { IsObject: true, Members: { Count: > 0 } members } => members.All(member =>
                member.Value.IsPlain && member.Name.All(char.IsAsciiDigit)
            ),
            _ => false,
        };

    private static bool HaveSameNames(JsonOutline one, JsonOutline other) =>
        one.Members.Select(member => member.Name).SequenceEqual(other.Members.Select(member => member.Name));

    private static string Told(string filter) => $"is one JSON object with rows in it. Write one row per line with {Command(filter)}.";

    private static string Command(string filter) =>
        filter == "." ? "`jq -c . in.json > out.jsonl`" : $"`jq -c '{filter}' in.json > out.jsonl`";
}
