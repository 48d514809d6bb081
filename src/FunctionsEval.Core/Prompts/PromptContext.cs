using Fluid;

namespace FunctionsEval.Core.Prompts;

/// <summary>The variables of one rendering, and how much text it may still handle.</summary>
internal sealed class PromptContext() : TemplateContext(PromptTemplate.Options)
{
    /// <summary>Characters that the filters and captures of one rendering may write.</summary>
    public const long MaxWritten = 16L * PromptTemplate.MaxCharacters;

    /// <summary>Characters that they may read, or compare.</summary>
    public const long MaxRead = 4 * MaxWritten;

    private long _written;
    private long _read;

    /// <summary>Whether this many characters may still be written.</summary>
    public bool CanWrite(long characters) => characters <= MaxWritten - _written;

    /// <summary>Counts what was written.</summary>
    /// <exception cref="PromptException">It is more than one rendering may write.</exception>
    public void CountWritten(long characters) =>
        _written = CanWrite(characters)
            ? _written + characters
            : throw new PromptException($"The template's filters and captures write more than {MaxWritten} characters on this row.");

    /// <summary>Counts what is read.</summary>
    /// <exception cref="PromptException">It is more than one rendering may read.</exception>
    public void CountRead(long characters) =>
        _read =
            characters <= MaxRead - _read
                ? _read + characters
                : throw new PromptException($"The template's filters read more than {MaxRead} characters on this row.");
}
