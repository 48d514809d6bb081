using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;

namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>What a part of an item holds.</summary>
internal enum PartKind
{
    /// <summary>Text of a message, or of a refusal in its place.</summary>
    Text,

    /// <summary>Arguments of a call.</summary>
    Arguments,

    /// <summary>Reasoning, as the model wrote it.</summary>
    Thought,

    /// <summary>A summary of reasoning.</summary>
    Summary,
}

/// <summary>An item of an answer while it arrives: a message, a call of a tool, or reasoning.</summary>
internal sealed class OutputItem
{
    private readonly SortedDictionary<(PartKind Kind, int Place), OutputPart> _parts = [];

    /// <summary>Whether it calls a tool.</summary>
    public bool IsCall { get; set; }

    /// <summary>What the tool's turn refers to the call by; null for none.</summary>
    public string? CallId { get; set; }

    /// <summary>Name of the function; null as long as it has not been said.</summary>
    public string? Name { get; set; }

    /// <summary>Whether it is reasoning, even without a text.</summary>
    public bool IsReasoning { get; set; }

    /// <summary>Whether it has reasoning.</summary>
    public bool HasReasoning => IsReasoning || _parts.Keys.Any(key => key.Kind is PartKind.Summary or PartKind.Thought);

    /// <summary>The arguments of the call.</summary>
    public string Arguments => string.Concat(Parts(PartKind.Arguments).Select(part => part.Text));

    /// <summary>The reasoning; its summary where that is all there is. Some servers give the same text as both.</summary>
    public string Reasoning =>
        string.Join(
            "\n\n",
            Parts(Parts(PartKind.Thought).Any(part => part.HasText) ? PartKind.Thought : PartKind.Summary).Select(part => part.Text)
        );

    /// <summary>The parts of a kind, in the order of their places.</summary>
    public IEnumerable<OutputPart> Parts(PartKind kind) => _parts.Where(part => part.Key.Kind == kind).Select(part => part.Value);

    /// <summary>A part; null where there is none.</summary>
    public OutputPart? Find(PartKind kind, int place) => _parts.GetValueOrDefault((kind, place));

    /// <summary>Adds an empty part.</summary>
    public OutputPart Add(PartKind kind, int place) => _parts[(kind, place)] = new OutputPart();
}

/// <summary>A part of an item while it arrives.</summary>
internal sealed class OutputPart
{
    private const int BytesPerToken = 80;

    private readonly StringBuilder _text = new();
    private readonly List<OutputToken> _tokens = [];
    private long _tokenBytes;
    private bool _isWhole;

    /// <summary>The text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether there is any text.</summary>
    public bool HasText => _text.Length > 0;

    /// <summary>The tokens with log probabilities; empty where none were asked for or given.</summary>
    public IReadOnlyList<OutputToken> Tokens => _tokens;

    /// <summary>Memory that it takes, about.</summary>
    public long KeptBytes => (2L * _text.Length) + _tokenBytes;

    /// <summary>Adds a piece; none after the whole text has come.</summary>
    /// <returns>Whether it says anything.</returns>
    public bool Append(string piece, JsonElement? logProbabilities)
    {
        if (_isWhole)
        {
            return false;
        }

        _text.Append(piece);
        AddTokens(logProbabilities);
        return piece.Length > 0;
    }

    /// <summary>Takes the whole text, and its tokens if there are any.</summary>
    /// <returns>Whether nothing was known before.</returns>
    public bool Set(string text, JsonElement? logProbabilities)
    {
        var isNew = _text.Length == 0;
        _isWhole = true;
        _text.Clear().Append(text);
        if (logProbabilities is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0)
        {
            _tokens.Clear();
            _tokenBytes = 0;
            AddTokens(list);
        }

        return isNew;
    }

    private void AddTokens(JsonElement? logProbabilities)
    {
        if (logProbabilities is not { ValueKind: JsonValueKind.Array } list)
        {
            return;
        }

        foreach (var token in list.EnumerateArray())
        {
            var read = new OutputToken(
                token.Get("logprob")?.GetFinite(),
                TokenReader.TextOf(token) is { } text ? TokenText.ToBytes(text) : null,
                TokenReader.Read(token)
            );
            _tokens.Add(read);
            _tokenBytes += BytesPerToken * (2L + (read.WithTop?.TopLogProbabilities.Count ?? 0));
        }
    }
}

/// <summary>A token of an answer.</summary>
/// <param name="LogProbability">Natural log probability; null where it is no finite number.</param>
/// <param name="Text">Its text in UTF-8; null when it is not known.</param>
/// <param name="WithTop">The token with its top log probabilities; null where it has no text.</param>
internal sealed record OutputToken(double? LogProbability, byte[]? Text, AnswerToken? WithTop);
