using Fluid;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>The cost of a filter, as far as it is known before the filter runs.</summary>
/// <param name="Read">Characters that it reads.</param>
internal sealed record FilterCost(long Read)
{
    /// <summary>Longest text that <c>handleize</c> takes: the library keeps it on the stack.</summary>
    private const int MaxHandle = 4096;

    private const int MaxFormat = 200;
    private const int MaxDigits = 3;
    private const int MaxWidth = 1000;
    private const int YearDigits = 4;

    /// <summary>Characters that it writes at most, closely.</summary>
    public long Written { get; private init; }

    /// <summary>Characters that it writes if every character of its input has to be escaped.</summary>
    public long AtWorst { get; private init; }

    /// <summary>Elements of the list that it makes.</summary>
    public long Elements { get; private init; }

    /// <summary>The cost of a filter.</summary>
    /// <exception cref="PromptException">A format asks for any number of characters.</exception>
    public static FilterCost Create(string name, FluidValue input, FilterArguments arguments)
    {
        var size = ValueSize.CharactersOf(input);
        var given = Enumerable.Range(0, arguments.Count).Sum(index => ValueSize.CharactersOf(arguments.At(index)));
        // Looking at a list makes a value of each of its elements.
        var cost = new FilterCost(
            ValueSize.CharactersOf(input, ValueSize.Object)
                + Enumerable.Range(0, arguments.Count).Sum(index => ValueSize.CharactersOf(arguments.At(index), ValueSize.Object))
        );
        var first = arguments.Count > 0 ? arguments.At(0) : NilValue.Instance;
        return name switch
        {
            "append" or "prepend" or "truncate" or "truncatewords" => cost with { Written = size + given },
            "replace_first" or "replace_last" => cost with { Read = cost.Read + ValueSize.SearchCost(size, given), Written = size + given },
            "replace" => ReplaceCost(input.ToStringValue(), first.ToStringValue(), arguments.At(1)),
            "remove" or "remove_first" or "remove_last" or "find" or "find_index" or "has" => cost with
            {
                Read = cost.Read + ValueSize.SearchCost(size, given),
            },
            "split" => SplitCost(input.ToStringValue(), first.ToStringValue()),
            "join" => cost with { Written = size + (CountOf(input) * ValueSize.CharactersOf(first)) },
            "concat" => cost with { Written = size + given, Elements = CountOf(input) + CountOf(first) },
            "reverse" => cost with { Elements = input is StringValue ? size : 0 },
            "uniq" => cost with { Read = cost.Read + UnhashedComparisons(input) },
            "newline_to_br" => cost with { Written = size + (6L * input.ToStringValue().AsSpan().CountAny('\r', '\n')) },
            "url_encode" or "escape" or "escape_once" or "json" => cost with { AtWorst = 10 * size },
            "base64_encode" or "base64_url_safe_encode" => cost with { AtWorst = 4 * size },
            "handle" or "handleize" => Hold(name, size <= MaxHandle, cost),
            "time_zone" or "format_date" => Hold(name, given <= MaxFormat, DateCost(input, cost)),
            "date" => Hold(
                name,
                given <= MaxFormat && !HasLongNumber(first.ToStringValue(), '%', char.IsAsciiLetter),
                DateCost(input, cost)
            ),
            "format_number" => Hold(name, given <= MaxFormat && !IsPrecise(first.ToStringValue()), cost),
            "format_string" => FormatCost(name, input.ToStringValue(), arguments, given, cost),
            _ => cost,
        };
    }

    private static FilterCost ReplaceCost(string text, string old, FluidValue replacement)
    {
        var (count, length) = (old.Length == 0 ? text.Length + 2L : 0, ValueSize.CharactersOf(replacement));
        var cost = new FilterCost(ValueSize.SearchCost(text.Length, old.Length) + length);
        if (cost.Read <= PromptContext.MaxRead && old.Length > 0 && length > old.Length)
        {
            count = text.AsSpan().Count(old);
        }

        return cost with
        {
            Written = text.Length + (count * length),
        };
    }

    private static FilterCost SplitCost(string text, string separator)
    {
        var cost = new FilterCost(ValueSize.SearchCost(text.Length, separator.Length));
        var elements = separator switch
        {
            "" => text.Length,
            // One space stands for any white space.
            " " => text.Count(char.IsWhiteSpace) + 1L,
            _ => cost.Read <= PromptContext.MaxRead ? text.AsSpan().Count(separator) + 1L : 0,
        };
        return cost with { Elements = elements };
    }

    private static FilterCost FormatCost(string name, string format, FilterArguments arguments, long given, FilterCost cost)
    {
        Hold(name, !HasLongNumber(format, '{', static character => character == '}'), cost);
        return cost with { Written = format.Length + (format.AsSpan().Count('{') * (given + MaxWidth)) };
    }

    /// <summary>The library fills in what a text leaves out of a date from the clock.</summary>
    private static FilterCost DateCost(FluidValue input, FilterCost cost) =>
        input is StringValue text && !HasYear(text.ToStringValue())
            ? throw new PromptException(
                "Templates have no clock: 'now', or a date without a year of four digits, would make a run unrepeatable."
            )
            : cost;

    private static bool HasYear(string date)
    {
        var digits = 0;
        foreach (var character in date)
        {
            digits = char.IsAsciiDigit(character) ? digits + 1 : 0;
            if (digits == YearDigits)
            {
                return true;
            }
        }

        return false;
    }

    private static FilterCost Hold(string name, bool isBounded, FilterCost cost) =>
        isBounded ? cost : throw new PromptException($"The filter '{name}' gets a format or a text on this row that is too long for it.");

    /// <summary>Whether a standard format such as <c>N2</c> asks for a thousand digits or more.</summary>
    private static bool IsPrecise(string format) =>
        format.Length > 1
        && char.IsAsciiLetter(format[0])
        && format.AsSpan(1).TrimStart('0').Length >= MaxDigits
        && !format.AsSpan(1).ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether there are many digits between an opening and what closes it: a width.</summary>
    private static bool HasLongNumber(string format, char opening, Func<char, bool> closes)
    {
        var (isOpen, digits) = (false, 0);
        foreach (var character in format)
        {
            (isOpen, digits) =
                character == opening ? (true, 0)
                : isOpen && closes(character) ? (false, 0)
                : (isOpen, isOpen && char.IsAsciiDigit(character) ? digits + 1 : digits);
            if (digits > MaxDigits)
            {
                return true;
            }
        }

        return false;
    }

    private static long CountOf(FluidValue value) => value is ArrayValue list ? list.Values.Count : 1;

    /// <summary>Lists and objects are told apart by comparing each with each.</summary>
    private static long UnhashedComparisons(FluidValue input) =>
        input is ArrayValue list && list.Values.Any(element => element is not (StringValue or NumberValue))
            ? (long)list.Values.Count * list.Values.Count
            : 0;
}
