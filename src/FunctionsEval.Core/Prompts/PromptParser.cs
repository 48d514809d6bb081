using System.Runtime.CompilerServices;
using Fluid;
using Fluid.Ast;
using Fluid.Parser;
using Parlot;
using Parlot.Fluent;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// The Liquid grammar without files and with bounds. The parser is recursive, so each entry point counts its depth and its calls, and
/// checks the remaining stack.
/// </summary>
internal sealed class PromptParser : FluidParser
{
    /// <summary>Blocks within blocks, or indexes within indexes.</summary>
    public const int MaxNesting = 100;

    /// <summary>
    /// Expressions and blocks that the parser may begin, for each character: some texts have it try the same place again and again.
    /// </summary>
    private const int MaxBeginningsPerCharacter = 20;

    /// <summary>Creates the parser.</summary>
    public PromptParser()
    {
        RegisteredTags.Remove("include");
        RegisteredTags.Remove("render");
        RegisteredOperators["contains"] = static (left, right) => new BoundedContains(left, right);
        Primary.Parser = new Bounded<Expression>(
            Primary.Parser!,
            static expression => expression is RangeExpression range ? new BoundedRange(range) : expression
        );
        FilterExpression.Parser = new Bounded<Expression>(FilterExpression.Parser!);
        KnownTagsList.Parser = new Bounded<IReadOnlyList<Statement>>(KnownTagsList.Parser!);
        AnyTagsList.Parser = new Bounded<IReadOnlyList<Statement>>(AnyTagsList.Parser!);
    }

    /// <summary>Parses a template.</summary>
    /// <exception cref="Fluid.ParseException">The text does not parse, or is beyond a bound.</exception>
    public IReadOnlyList<Statement> Parse(string text)
    {
        var isParsed = Grammar.TryParse(new State(text), out var statements, out var error);
        return isParsed && error is null
            ? statements
            : throw new Fluid.ParseException(error is null ? "it does not parse" : $"{error.Message} at {error.Position}");
    }

    private sealed class State(string text) : FluidParseContext(text)
    {
        private int _beginningsLeft = (text.Length + 50) * MaxBeginningsPerCharacter;

        public int Depth { get; set; }

        public void Begin()
        {
            if (Depth >= MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                throw new Fluid.ParseException($"it nests more than {MaxNesting} blocks or indexes");
            }

            if (--_beginningsLeft < 0)
            {
                throw new Fluid.ParseException("it is too complex to parse");
            }
        }
    }

    private sealed class Bounded<T>(Parser<T> parser, Func<T, T>? replace = null) : Parser<T>
    {
        public override bool Parse(ParseContext context, ref ParseResult<T> result)
        {
            var state = (State)context;
            state.Begin();
            state.Depth++;
            var isParsed = parser.Parse(context, ref result);
            state.Depth--;
            if (isParsed && replace is not null)
            {
                result.Set(result.Start, result.End, replace(result.Value));
            }

            return isParsed;
        }
    }
}
