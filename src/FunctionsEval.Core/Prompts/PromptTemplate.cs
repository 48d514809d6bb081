using System.Diagnostics.CodeAnalysis;
using Fluid;
using Fluid.Parser;

namespace FunctionsEval.Core.Prompts;

/// <summary>A parsed Liquid template. Safe for concurrent use.</summary>
internal sealed class PromptTemplate
{
    /// <summary>Statements one rendering may execute.</summary>
    public const int MaxSteps = 10_000;

    /// <summary>Characters one rendering may yield.</summary>
    public const int MaxCharacters = 4 * 1024 * 1024;

    /// <summary>Characters a template may have.</summary>
    public const int MaxLength = 64 * 1024;

    private const int MaxErrorLength = 200;

    private static readonly PromptParser Parser = new();

    private readonly IFluidTemplate _template;

    private PromptTemplate(IFluidTemplate template) => _template = template;

    /// <summary>Options shared by all templates: no clock, no files, no .NET members, no unknown filter or variable.</summary>
    public static TemplateOptions Options { get; } = CreateOptions();

    /// <summary>Parses a template of a spec that was checked.</summary>
    /// <param name="text">The template.</param>
    /// <param name="name">What it is, for the message.</param>
    /// <exception cref="ArgumentException">It does not parse.</exception>
    public static PromptTemplate Parse(string text, string name) =>
        TryParse(text, out var template, out var error)
            ? template
            : throw new ArgumentException($"The {name} does not parse: {error}.", nameof(text));

    /// <summary>Parses a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="template">The parsed template.</param>
    /// <param name="error">Why it does not parse, in one line.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PromptTemplate? template, [NotNullWhen(false)] out string? error)
    {
        template = null;
        if (text.Length > MaxLength)
        {
            error = $"it has more than {MaxLength} characters";
            return false;
        }

        try
        {
            template = new PromptTemplate(TemplateCheck.Check(new FluidTemplate(Parser.Parse(text))));
            error = null;
            return true;
        }
        catch (Fluid.ParseException invalid)
        {
            // A message may quote a name of any length.
            error =
                invalid.Message.Length > MaxErrorLength ? string.Concat(invalid.Message.AsSpan(0, MaxErrorLength), "…") : invalid.Message;
            return false;
        }
    }

    /// <summary>Renders the template without any encoding.</summary>
    /// <exception cref="PromptException">A variable is undefined, a filter or tag cannot take what the row gives it, or a bound is
    /// exceeded.</exception>
    public string Render(PromptContext context)
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
        catch (Exception unfit) when (unfit is ArithmeticException or ArgumentException or FormatException or FluidException)
        {
            throw new PromptException("An index, a range or a tag's number in the template cannot be what this row makes it.");
        }

        return writer.ToString();
    }

    private static TemplateOptions CreateOptions()
    {
        var options = new TemplateOptions
        {
            MaxSteps = MaxSteps,
            StrictFilters = true,
            TimeZone = TimeZoneInfo.Utc,
            // Asked for with every date; those that would use it are refused before.
            Now = static () => DateTimeOffset.UnixEpoch,
            Undefined = static name => throw PromptException.Undefined(name),
            ModelNamesComparer = StringComparer.Ordinal,
        };
        BoundedFilters.Bound(options.Filters);
        return options;
    }
}
