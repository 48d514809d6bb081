using Fluid;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// Liquid's filters with bounds. A filter's output is estimated before the filter allocates, everything that the filters of a rendering
/// read and write is counted, and an input that a filter cannot take is an error of the row.
/// </summary>
internal static class BoundedFilters
{
    /// <summary>Elements of a list that a filter may make.</summary>
    public const int MaxElements = 250_000;

    /// <summary>Puts the bounds around all filters.</summary>
    public static void Bound(FilterCollection filters)
    {
        foreach (var (name, filter) in filters.ToArray())
        {
            filters.AddFilter(name, Bounded(name, filter));
        }
    }

    private static FilterDelegate Bounded(string name, FilterDelegate filter) =>
        async (input, arguments, context) =>
        {
            var rendering = (PromptContext)context;
            try
            {
                Admit(name, input, arguments, rendering);
                var result = await filter(input, arguments, context);
                rendering.CountWritten(ValueSize.CharactersOf(result) + (ValueSize.Object * ValueSize.CountOf(result)));
                return ValueSize.CountOf(result) > MaxElements || ValueSize.CharactersOf(result) > PromptTemplate.MaxCharacters
                    ? throw TooMuch(name)
                    : result;
            }
            catch (Exception unfit)
                when (unfit
                        is ArithmeticException
                            or ArgumentException
                            or FormatException
                            or InvalidOperationException
                            or FluidException
                            or TimeZoneNotFoundException
                            or InvalidTimeZoneException
                )
            {
                // The library's message may hold the row's text.
                throw new PromptException($"The filter '{name}' cannot be applied to what this row gives it.");
            }
        };

    private static void Admit(string name, FluidValue input, FilterArguments arguments, PromptContext rendering)
    {
        var cost = FilterCost.Create(name, input, arguments);
        rendering.CountRead(cost.Read);
        if (
            cost.Written > PromptTemplate.MaxCharacters
            || cost.Elements > MaxElements
            || !rendering.CanWrite(Math.Max(cost.Written, cost.AtWorst))
        )
        {
            throw TooMuch(name);
        }
    }

    private static PromptException TooMuch(string name) =>
        new($"The filter '{name}' makes more than {PromptTemplate.MaxCharacters} characters or {MaxElements} elements on this row.");
}
