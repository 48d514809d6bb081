using System.Text;

namespace FunctionsEval.Core.Prompts;

/// <summary>Collects text up to a limit.</summary>
internal sealed class BoundedWriter(int maxCharacters) : TextWriter
{
    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value)
    {
        Reserve(1);
        _text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Reserve(buffer.Length);
        _text.Append(buffer);
    }

    public override void Write(string? value) => Write(value.AsSpan());

    public override string ToString() => _text.ToString();

    private void Reserve(int count)
    {
        if (_text.Length + count > maxCharacters)
        {
            throw new PromptException($"The template yields more than {maxCharacters} characters on this row.");
        }
    }
}
