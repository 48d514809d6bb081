using System.Diagnostics.CodeAnalysis;
using Fluid;
using Fluid.Ast;

namespace FunctionsEval.Core.Prompts;

/// <summary>A parsed Liquid template. Safe for concurrent use.</summary>
internal sealed class PromptTemplate
{
    /// <summary>Statements one rendering may execute.</summary>
    public const int MaxSteps = 10_000;

    /// <summary>Characters one rendering may yield.</summary>
    public const int MaxCharacters = 4 * 1024 * 1024;

    private static readonly FluidParser Parser = CreateParser();

    private readonly IFluidTemplate _template;

    private PromptTemplate(IFluidTemplate template) => _template = template;

    /// <summary>Options shared by all templates: no clock, no files, no .NET members, no unknown filter or variable.</summary>
    public static TemplateOptions Options { get; } = new()
    {
        MaxSteps = MaxSteps,
        StrictFilters = true,
        TimeZone = TimeZoneInfo.Utc,
        Now = static () => throw new PromptException("Templates have no clock: the date 'now' would make a run unrepeatable."),
        Undefined = static name => throw new PromptException($"The row does not define the variable {name}.", name),
        ModelNamesComparer = StringComparer.Ordinal,
    };

    /// <summary>Parses a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="template">The parsed template.</param>
    /// <param name="error">Why it does not parse, in one line.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out PromptTemplate? template, [NotNullWhen(false)] out string? error)
    {
        template = null;
        if (!Parser.TryParse(text, out var parsed, out error))
        {
            // The parser appends the source line, which belongs to the spec and not into a one-line message.
            error = error.Split('\n')[0].TrimEnd();
            return false;
        }

        var filters = new FilterCheck();
        filters.VisitTemplate(parsed);
        if (filters.Unknown is { } unknown)
        {
            error = $"there is no filter '{unknown}'";
            return false;
        }

        error = null;
        template = new PromptTemplate(parsed);
        return true;
    }

    /// <summary>Renders the template without any encoding.</summary>
    /// <exception cref="PromptException">A variable is undefined, or a bound is exceeded.</exception>
    public string Render(TemplateContext context)
    {
        using var writer = new BoundedWriter(MaxCharacters);
        try
        {
            // The writer is in memory, so this completes at once.
            _template.RenderAsync(writer, NullEncoder.Default, context).AsTask().GetAwaiter().GetResult();
        }
        catch (InvalidOperationException)
        {
            // Fluid's message speaks of recursion; the only bound that is set is the number of steps.
            throw new PromptException($"The template takes more than {MaxSteps} steps on this row.");
        }

        return writer.ToString();
    }

    private static FluidParser CreateParser()
    {
        var parser = new FluidParser();
        parser.RegisteredTags.Remove("include");
        parser.RegisteredTags.Remove("render");
        return parser;
    }

    private sealed class FilterCheck : AstVisitor
    {
        public string? Unknown { get; private set; }

        protected override Expression VisitFilterExpression(FilterExpression filterExpression)
        {
            if (!Options.Filters.TryGetValue(filterExpression.Name, out _))
            {
                Unknown ??= filterExpression.Name;
            }

            return base.VisitFilterExpression(filterExpression);
        }
    }
}
