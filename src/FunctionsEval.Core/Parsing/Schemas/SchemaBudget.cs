using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FunctionsEval.Core.Parsing.Schemas;

/// <summary>
/// What one check of a value under a schema may take, counted and not timed, so that every machine comes to the same result.
/// </summary>
/// <param name="schemaSize">Objects and list elements of the schema.</param>
internal sealed class SchemaBudget(int schemaSize)
{
    /// <summary>Parts of the schema × bytes of the values that they are held against; some seconds at the very worst.</summary>
    private const long MaxWork = 1L << 26;

    /// <summary>How deep references may lead into each other: as deep as the JSON of a row may be.</summary>
    private const int MaxDepth = 64;

    [ThreadStatic]
    private static SchemaBudget? _current;

    private long _work;
    private int _depth;

    /// <summary>Runs a check on this budget.</summary>
    /// <exception cref="SchemaBudgetException">The check takes more.</exception>
    public static bool Run(SchemaBudget budget, JsonElement value, Func<JsonElement, bool> check)
    {
        budget.Spend(value);
        _current = budget;
        try
        {
            return check(value);
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>Follows a reference of the schema, from which alone a check can grow beyond the schema's size.</summary>
    /// <exception cref="SchemaBudgetException">The check takes more than its budget.</exception>
    public static T Follow<T>(JsonElement value, Func<T> evaluate)
    {
        var budget = _current!;
        budget.Spend(value);
        if (budget._depth == MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new SchemaBudgetException();
        }

        budget._depth++;
        try
        {
            return evaluate();
        }
        finally
        {
            budget._depth--;
        }
    }

    private void Spend(JsonElement value)
    {
        _work += (long)schemaSize * JsonMarshal.GetRawUtf8Value(value).Length;
        if (_work > MaxWork)
        {
            throw new SchemaBudgetException();
        }
    }
}

/// <summary>A check takes more than its <see cref="SchemaBudget"/>.</summary>
internal sealed class SchemaBudgetException : Exception;
