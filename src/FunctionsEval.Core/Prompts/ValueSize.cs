using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>How much text Liquid values hold.</summary>
internal static class ValueSize
{
    /// <summary>Characters that are compared in the time in which one is read.</summary>
    private const int ComparedAtOnce = 64;

    /// <summary>What an element of a list, or a number, takes in memory beside its text, or when it becomes one, in characters.</summary>
    public const int Object = 64;

    /// <summary>The characters of a value and of all that is in it; no longer exact above what a template may hold.</summary>
    /// <param name="value">The value.</param>
    /// <param name="element">What a value that is no text, an element of a list and a field of an object count each.</param>
    public static long CharactersOf(FluidValue? value, int element = 1) =>
        value switch
        {
            StringValue text => text.ToStringValue().Length,
            ArrayValue list => Sum(list.Values.Select(one => CharactersOf(one, element) + element)),
            DictionaryValue fields when fields.ToObjectValue() is IFluidIndexable members => Sum(
                members.Keys.Select(key =>
                    key.Length + element + (members.TryGetValue(key, out var field) ? CharactersOf(field, element) : 0)
                )
            ),
            _ => element,
        };

    /// <summary>Whether a value is made of others.</summary>
    public static bool HasParts(FluidValue value) => value is ArrayValue or DictionaryValue;

    /// <summary>The elements of a list; 0 for anything else.</summary>
    public static long CountOf(FluidValue value) => value is ArrayValue list ? list.Values.Count : 0;

    /// <summary>What a search for a text in another one reads at worst.</summary>
    public static long SearchCost(long searched, long sought) => searched + (searched * sought / ComparedAtOnce);

    private static long Sum(IEnumerable<long> sizes)
    {
        var sum = 0L;
        foreach (var size in sizes)
        {
            sum += size;
            if (sum > PromptContext.MaxRead)
            {
                break;
            }
        }

        return sum;
    }
}
