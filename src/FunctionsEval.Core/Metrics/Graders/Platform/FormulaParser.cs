using System.Globalization;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>Reads a formula by recursive descent.</summary>
/// <param name="text">The formula.</param>
/// <param name="names">The names of the scores.</param>
internal sealed class FormulaParser(string text, IReadOnlyList<string> names)
{
    /// <summary>Parts within parts; deeper ones would take too much of the stack.</summary>
    private const int MaxDepth = 64;

    private int _at;
    private int _depth;

    /// <summary>Reads the whole text.</summary>
    /// <exception cref="FormatException">It is no formula.</exception>
    public FormulaNode Parse()
    {
        if (text.Length > ScoreFormula.MaxLength)
        {
            throw new FormatException($"it is longer than {ScoreFormula.MaxLength} characters");
        }

        var node = ReadSum();
        return Peek() == '\0' ? node : throw Unexpected();
    }

    private FormulaNode ReadSum()
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException($"it has parts within parts more than {MaxDepth} deep");
        }

        var node = ReadProduct();
        while (Peek() is '+' or '-')
        {
            node = new FormulaNode.Binary(text[_at++], node, ReadProduct());
        }

        _depth--;
        return node;
    }

    private FormulaNode ReadProduct()
    {
        var node = ReadSigned();
        while (Peek() is '*' or '/')
        {
            node = new FormulaNode.Binary(text[_at++], node, ReadSigned());
        }

        return node;
    }

    /// <summary>A power with signs before it: −2^2 is −(2^2), as in mathematics and in Python.</summary>
    private FormulaNode ReadSigned()
    {
        var isNegative = false;
        while (Peek() is '+' or '-')
        {
            isNegative ^= text[_at++] == '-';
        }

        var node = ReadPower();
        return isNegative ? new FormulaNode.Binary('-', new FormulaNode.Number(0), node) : node;
    }

    private FormulaNode ReadPower()
    {
        var node = ReadOperand();
        if (Peek() != '^')
        {
            return node;
        }

        if (++_depth > MaxDepth)
        {
            throw new FormatException($"it has parts within parts more than {MaxDepth} deep");
        }

        _at++;
        node = new FormulaNode.Binary('^', node, ReadSigned());
        _depth--;
        return node;
    }

    private FormulaNode ReadOperand()
    {
        switch (Peek())
        {
            case '(':
                _at++;
                var node = ReadSum();
                Expect(')');
                return node;
            case >= '0' and <= '9' or '.':
                return ReadNumber();
            case '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                return ReadNamed();
            default:
                throw Unexpected();
        }
    }

    private FormulaNode.Number ReadNumber()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
        {
            _at++;
        }

        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            _at++;
            _at += _at < text.Length && text[_at] is '+' or '-' ? 1 : 0;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }
        }

        return
            double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? new FormulaNode.Number(number)
            : throw new FormatException($"there is no number at character {start + 1}");
    }

    private FormulaNode ReadNamed()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        var name = text[start.._at];
        if (Peek() == '(' && FormulaFunction.ByName.TryGetValue(name, out var function))
        {
            return ReadCall(name, function);
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return new FormulaNode.Score(i);
            }
        }

        throw new FormatException(
            NearestName.Unknown("grader or function of this formula", name, [.. names, .. FormulaFunction.ByName.Keys]).TrimEnd('.')
        );
    }

    private FormulaNode.Function ReadCall(string name, FormulaFunction function)
    {
        List<FormulaNode> arguments = [];
        do
        {
            _at++;
            arguments.Add(ReadSum());
        } while (Peek() == ',');

        Expect(')');
        return arguments.Count == 1 || function.TakesMany
            ? new FormulaNode.Function(function, arguments)
            : throw new FormatException($"{name} takes one argument");
    }

    private void Expect(char expected)
    {
        if (Peek() != expected)
        {
            throw Unexpected();
        }

        _at++;
    }

    /// <summary>The next character that is no white space; the null character at the end.</summary>
    private char Peek()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        return _at < text.Length ? text[_at] : '\0';
    }

    private FormatException Unexpected() =>
        new(
            _at < text.Length
                ? string.Create(CultureInfo.InvariantCulture, $"character {_at + 1} is not expected there")
                : "it ends too early: a number, a name or a closing parenthesis is missing"
        );
}
