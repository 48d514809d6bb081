using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>An answer while it is being put together. What it has when it breaks off was paid.</summary>
/// <param name="markers">What reasoning in the text is known by; null for the usual markers.</param>
/// <param name="stops">Texts that end the answer where the endpoint does not take them; null for none.</param>
internal sealed class PartialAnswer(ReasoningMarkers? markers = null, IReadOnlyList<string>? stops = null)
{
    private const int MaxNameLength = 128;
    private const int BytesPerToken = 80;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<ScoredToken> _scored = [];
    private List<AnswerToken>? _tokens;
    private int _alternatives;
    private string? _model;
    private string? _systemFingerprint;
    private int _totalTokens;
    private int _thoughtTokens;
    private int _pieces;
    private bool _hasToolCall;
    private bool _hasReasoning;

    public string? FinishReason { get; set; }

    /// <summary>Memory that it takes, about: texts, and tokens with their alternatives.</summary>
    public long KeptBytes =>
        (2L * (_text.Length + _reasoning.Length)) + (BytesPerToken * (_scored.Count + (_tokens?.Count ?? 0) + (long)_alternatives));

    public int InputTokens { get; private set; }

    public int OutputTokens { get; private set; }

    public bool IsGreedy { get; set; }

    public TimeSpan? TimeToFirstToken { get; set; }

    public IReadOnlyList<float[]>? Embeddings { get; set; }

    /// <summary>Adds what surrounds an answer or a piece of it: who answers, and the tokens used.</summary>
    public void AddEnvelope(JsonElement root)
    {
        _model ??= NameOf(root.Get("model"));
        _systemFingerprint ??= NameOf(root.Get("system_fingerprint"));
        if (root.Get("usage") is not { ValueKind: JsonValueKind.Object } usage)
        {
            return;
        }

        InputTokens = (usage.Get("prompt_tokens") ?? usage.Get("input_tokens"))?.GetCount() ?? 0;
        OutputTokens = (usage.Get("completion_tokens") ?? usage.Get("output_tokens"))?.GetCount() ?? 0;
        _totalTokens = usage.Get("total_tokens")?.GetCount() ?? 0;
        _thoughtTokens =
            (usage.Get("completion_tokens_details") ?? usage.Get("output_tokens_details"))?.Get("reasoning_tokens")?.GetCount() ?? 0;
    }

    /// <summary>Adds text, whether or not it is the whole.</summary>
    public void AddText(string text) => _text.Append(text);

    /// <summary>Adds what a choice has said, all of it or a piece: text, a tool call, reasoning.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="message">Its message, or the piece of it.</param>
    /// <returns>Whether there was anything.</returns>
    public bool AddMessage(JsonElement choice, JsonElement? message)
    {
        var text = (message is { } given ? MessageText.TextOf(given) : null) ?? choice.Get("text")?.GetText() ?? "";
        var reasoning = message is { } thought ? MessageText.ReasoningOf(thought) : null;
        var hasToolCall = message?.Get("tool_calls")?.First() is not null || message?.Get("function_call") is not null;
        _text.Append(text);
        _reasoning.Append(reasoning);
        _hasToolCall |= hasToolCall;
        _hasReasoning |= reasoning is not null;
        var isAnything = text.Length > 0 || hasToolCall || reasoning is not null;
        if (isAnything)
        {
            _pieces++;
        }

        AddLogProbabilities(choice.Get("logprobs"));
        if (choice.Get("finish_reason") is { } finish && (finish.GetText() ?? finish.Get("type")?.GetText()) is { Length: > 0 } reason)
        {
            FinishReason = reason;
        }

        return isAnything;
    }

    /// <summary>Adds a token's log probability, unless it is no finite number.</summary>
    /// <param name="logProbability">The number.</param>
    /// <param name="text">The token's text in UTF-8; null when it is not known.</param>
    public void AddLogProbability(JsonElement? logProbability, byte[]? text = null)
    {
        if (logProbability?.GetFinite() is { } value)
        {
            _scored.Add(new ScoredToken(text, value));
        }
    }

    /// <summary>What an attempt comes to whose answer is no use, as far as it is there: what was read of it was paid.</summary>
    public AttemptResult.Transient BreakOff(string reason) =>
        Fail(InputTokens > 0 || OutputTokens > 0 || _pieces > 0 ? TransientFault.Unusable : TransientFault.Broken, reason);

    /// <summary>
    /// What an attempt comes to that failed when this was there of its answer. A stream has usage at its end only: without it, each piece
    /// counts as the one token that it has at least.
    /// </summary>
    public AttemptResult.Transient Fail(TransientFault fault, string reason) =>
        new(fault, reason) { InputTokens = InputTokens, OutputTokens = OutputTokens > 0 ? OutputTokens : _pieces };

    /// <summary>What the attempt comes to whose answer this is.</summary>
    /// <param name="maxOutputTokens">Tokens that were asked for at most; null where no answer was asked for.</param>
    /// <param name="isEcho">Whether a given text was scored.</param>
    public AttemptResult Result(int? maxOutputTokens = null, bool isEcho = false)
    {
        switch (FinishReasons.KindOf(FinishReason))
        {
            case FinishKind.Filtered:
                return Withhold(Outcome.ContentFiltered, CallReasons.ContentFilter, "A content filter withheld the answer.");
            case FinishKind.Broken:
                return BreakOff(CallReasons.BrokenAnswer);
        }

        var written = isEcho ? new ModelText(_text.ToString(), null) : Separate();
        var text = Stop(written);
        var hasText = text.Reasoning is null ? text.Answer.Length > 0 : !text.IsReasoningOnly;
        var insteadOfText =
            hasText ? null
            : _hasToolCall ? CallReasons.ToolCall
            : text.Reasoning is not null ? CallReasons.ReasoningOnly
            : null;
        var scored =
            isEcho || insteadOfText == CallReasons.ToolCall ? _scored
            : text.Reasoning is null ? ScoredToken.OfText(_scored, text.Answer)
            : ScoredToken.OfAnswer(_scored, text.Answer);
        return new AttemptResult.Ended(
            new ModelCallResult.Answered(
                new Completion
                {
                    Model = _model,
                    SystemFingerprint = _systemFingerprint,
                    // What was stopped here has ended, however much was written after it.
                    Cut = text == written ? CutOf(maxOutputTokens) : AnswerCut.None,
                    Text = text.Answer,
                    Reasoning = text.Reasoning,
                    ReasoningTokens = _thoughtTokens,
                    FinishReason = text == written ? FinishReason ?? "unknown" : "stop",
                    InsteadOfText = insteadOfText,
                    InputTokens = InputTokens,
                    OutputTokens = OutputTokens,
                    TimeToFirstToken = TimeToFirstToken,
                    LogProbability = isEcho || scored.Count > 0 ? scored.Sum(token => token.LogProbability) : null,
                    LogProbabilityTokens = scored.Count,
                    Tokens = isEcho || _alternatives == 0 ? null : TokensOf(text),
                    Embeddings = Embeddings,
                    IsGreedy = IsGreedy,
                    IsEcho = isEcho,
                }
            )
        );
    }

    /// <summary>The answer with its time.</summary>
    /// <param name="completion">The answer.</param>
    /// <param name="latency">From sending the request to the last byte.</param>
    public Completion Time(Completion completion, TimeSpan latency)
    {
        // Thoughts that are not shown come before the first piece.
        var written = OutputTokens - (completion.Reasoning is { Length: > 0 } ? 0 : _thoughtTokens);
        return completion with
        {
            Latency = latency,
            // An answer that comes in one piece says nothing about how fast it was written.
            TokensPerSecond =
                _pieces > 1 && written > 1 && TimeToFirstToken is { } first && latency > first
                    ? (written - 1) / (latency - first).TotalSeconds
                    : null,
        };
    }

    /// <summary>What the attempt comes to whose answer was paid and cannot be given.</summary>
    public AttemptResult.Ended Withhold(Outcome outcome, string reason, string message) =>
        new(new ModelCallResult.Failed(outcome, reason, message, Attempts: 1) { InputTokens = InputTokens, OutputTokens = OutputTokens });

    private ModelText Separate()
    {
        var text = (markers ?? ReasoningMarkers.All).Separate(_text.ToString());
        if (!_hasReasoning)
        {
            return text;
        }

        var given = _reasoning.ToString();
        // White space between the two is neither's.
        return new ModelText(
            text.Answer.Trim(),
            text.Reasoning is not { Length: > 0 } inText ? given
                : given.Length == 0 ? inText
                : $"{given}\n{inText}"
        );
    }

    private ModelText Stop(ModelText text)
    {
        var end = (stops ?? [])
            .Select(stop => text.Answer.IndexOf(stop, StringComparison.Ordinal))
            .Where(at => at >= 0)
            .DefaultIfEmpty(text.Answer.Length)
            .Min();
        return end == text.Answer.Length ? text : text with { Answer = text.Answer[..end] };
    }

    private List<AnswerToken>? TokensOf(ModelText text)
    {
        if (_tokens is null || (text.Reasoning is null && text.Answer.Length == _text.Length))
        {
            return _tokens;
        }

        return TokenText.FindAtEnd(_tokens.ConvertAll(token => TokenText.ToBytes(token.Text)), text.Answer) is var (first, count)
            ? _tokens.GetRange(first, count)
            : null;
    }

    private void AddLogProbabilities(JsonElement? logProbabilities)
    {
        if (logProbabilities?.Get("content") is { ValueKind: JsonValueKind.Array } content)
        {
            foreach (var token in content.EnumerateArray())
            {
                AddLogProbability(token.Get("logprob"), TokenReader.TextOf(token) is { } text ? TokenText.ToBytes(text) : null);
                AddToken(TokenReader.Read(token));
            }
        }
        else if (logProbabilities?.Get("token_logprobs") is { ValueKind: JsonValueKind.Array } tokens)
        {
            JsonElement? texts =
                logProbabilities?.Get("tokens") is { ValueKind: JsonValueKind.Array } list
                && list.GetArrayLength() == tokens.GetArrayLength()
                    ? list
                    : null;
            foreach (var (index, token) in tokens.EnumerateArray().Index())
            {
                AddLogProbability(token, texts?[index].GetText() is { } text ? TokenText.ToBytes(TokenReader.Unescape(text)) : null);
            }

            if (texts is { } known && logProbabilities?.Get("top_logprobs") is { ValueKind: JsonValueKind.Array } tops)
            {
                foreach (var ((text, number), top) in known.EnumerateArray().Zip(tokens.EnumerateArray()).Zip(tops.EnumerateArray()))
                {
                    AddToken(TokenReader.Read(text, number, top));
                }
            }
        }
    }

    // A token without alternatives is kept all the same: the next one's place is after it.
    private void AddToken(AnswerToken? token)
    {
        if (token is null)
        {
            return;
        }
        (_tokens ??= []).Add(token);
        _alternatives += token.Alternatives.Count;
    }

    // An endpoint's word: kept short, and on one line.
    private static string? NameOf(JsonElement? element) =>
        element?.GetText()?.Trim() is { Length: > 0 } name
            ? string.Concat(name.Where(character => !char.IsControl(character)).Take(MaxNameLength))
            : null;

    /// <summary>Why the answer was cut. Some servers say it in the reason; the others by the number of tokens, thoughts included.</summary>
    private AnswerCut CutOf(int? maxOutputTokens)
    {
        var written = Math.Max(OutputTokens, _totalTokens - InputTokens);
        return FinishReasons.KindOf(FinishReason) switch
        {
            FinishKind.Context => AnswerCut.Context,
            FinishKind.OutputLimit => AnswerCut.MaxOutputTokens,
            FinishKind.Length => OutputTokens > 0 && written < maxOutputTokens ? AnswerCut.Context : AnswerCut.MaxOutputTokens,
            _ => AnswerCut.None,
        };
    }
}
