using System.Text.Json;
using Fluid.Values;

namespace FunctionsEval.Core.Prompts;

/// <summary>JSON values as Liquid values.</summary>
internal static class RowValue
{
    /// <summary>Converts a value.</summary>
    /// <param name="value">The JSON value.</param>
    /// <param name="name">The variable's name, for errors.</param>
    /// <param name="isStrict">Whether a member that an object does not have is an error rather than empty.</param>
    public static FluidValue From(JsonElement value, string name, bool isStrict) =>
        value.ValueKind switch
        {
            JsonValueKind.String => new StringValue(value.GetString()!),
            JsonValueKind.Number => value.TryGetDecimal(out var number) ? NumberValue.Create(number) : new StringValue(value.GetRawText()),
            JsonValueKind.True => BooleanValue.True,
            JsonValueKind.False => BooleanValue.False,
            JsonValueKind.Array => new ArrayValue([.. value.EnumerateArray().Select(element => From(element, name + "[]", isStrict))]),
            JsonValueKind.Object => new DictionaryValue(new RowObject(value, name, isStrict)),
            _ => NilValue.Instance,
        };

    private sealed class RowObject(JsonElement value, string name, bool isStrict) : IFluidIndexable
    {
        /// <summary>Members that were asked for, so that a loop that asks again converts none twice.</summary>
        private readonly Dictionary<string, FluidValue> _known = new(StringComparer.Ordinal);

        public int Count => value.EnumerateObject().Count();

        public IEnumerable<string> Keys => value.EnumerateObject().Select(property => property.Name).Distinct();

        public bool TryGetValue(string member, out FluidValue found)
        {
            if (_known.TryGetValue(member, out found!))
            {
                return true;
            }

            if (value.TryGetProperty(member, out var element))
            {
                _known[member] = found = From(element, $"{name}.{member}", isStrict);
                return true;
            }

            found = NilValue.Instance;
            return isStrict ? throw PromptException.Undefined($"{name}.{member}") : false;
        }
    }
}
