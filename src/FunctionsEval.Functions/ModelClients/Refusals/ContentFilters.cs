using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>
/// Reads which of Azure's content filters withheld something: <c>hate</c>, <c>jailbreak</c>, <c>protected_material_text</c>, …
/// </summary>
/// <remarks>
/// <c>content_filter_results</c> has a member for each filter, with <c>filtered</c>; errors write it in the singular, and the Responses API
/// has a list of them (<c>content_filters</c>). A member <c>error</c> says that the filters themselves failed and let the text through
/// (Microsoft's pages on content filtering).
/// </remarks>
internal static partial class ContentFilters
{
    private const int MaxNames = 8;
    private static readonly string[] Members = ["content_filter_results", "content_filter_result"];

    /// <summary>The filters that withheld something, by an error or a choice and what is around it; empty where none is named.</summary>
    /// <param name="elements">Where they may be named.</param>
    public static IReadOnlyList<string> Find(params ReadOnlySpan<JsonElement?> elements)
    {
        SortedSet<string>? names = null;
        foreach (var element in elements)
        {
            if (element is { ValueKind: JsonValueKind.Object } holder)
            {
                Add(ref names, holder);
                if (holder.Get("content_filters") is { ValueKind: JsonValueKind.Array } list)
                {
                    foreach (var item in list.EnumerateArray())
                    {
                        Add(ref names, item);
                    }
                }
            }
        }

        return names is null ? [] : [.. names.Take(MaxNames)];
    }

    /// <summary>The filters in brackets, behind what they withheld; empty for none.</summary>
    public static string Describe(IReadOnlyList<string> filters) => filters.Count > 0 ? $" ({string.Join(", ", filters)})" : "";

    private static void Add(ref SortedSet<string>? names, JsonElement holder)
    {
        foreach (var member in Members)
        {
            if (holder.Get(member) is not { ValueKind: JsonValueKind.Object } results)
            {
                continue;
            }

            foreach (var filter in results.EnumerateObject())
            {
                if (
                    filter.Value.Get("filtered") is { ValueKind: JsonValueKind.True }
                    && filter.GetName() is { } name
                    && Name().IsMatch(name)
                )
                {
                    (names ??= new(StringComparer.Ordinal)).Add(name);
                }
            }
        }
    }

    // An endpoint's word, which gets into messages.
    [GeneratedRegex(@"\A[a-z][a-z_]{0,39}\z")]
    private static partial Regex Name();
}
