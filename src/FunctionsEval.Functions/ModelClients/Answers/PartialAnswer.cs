using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>An answer while it is being assembled. If it breaks off, the part that has arrived was paid for.</summary>
/// <param name="markers">The markers of reasoning in the text; null for the usual markers.</param>
/// <param name="stops">Texts that end the answer where the endpoint does not take them; null for none.</param>
internal sealed class PartialAnswer(ReasoningMarkers? markers = null, IReadOnlyList<string>? stops = null)
{
    private const int BytesPerToken = 80;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<ScoredToken> _scored = [];
    private List<AnswerToken>? _tokens;
    private int _topLogProbabilities;
    private string? _model;
    private string? _systemFingerprint;
    private OutputItems? _items;
    private int _pieces;
    private bool _hasReasoning;

    /// <summary>Why the model stopped, in the endpoint's words; null as long as it has not said so.</summary>
    /// <remarks>Azure's filters may run behind the answer: what they withhold stays withheld, whatever the model says later.</remarks>
    public string? FinishReason
    {
        get;
        set => field = FinishReasons.KindOf(field) == FinishKind.Filtered ? field : value;
    }

    /// <summary>The content filters that withheld the answer; empty for none that is named.</summary>
    public IReadOnlyList<string> Filters { get; set; } = [];

    /// <summary>The tools that are called so far.</summary>
    public ToolCallPieces Calls { get; } = new();

    /// <summary>The items of a streamed answer so far, for an API whose answers consist of items.</summary>
    public OutputItems Items => _items ??= new OutputItems();

    /// <summary>The tokens that the endpoint has counted so far.</summary>
    public TokenUsage Usage { get; set; }

    /// <summary>Whether each token of a scored text is the likeliest one.</summary>
    public bool IsGreedy { get; set; }

    /// <summary>Time from sending the request to the first piece that says something; null for an answer in one piece.</summary>
    public TimeSpan? TimeToFirstToken { get; set; }

    /// <summary>The vectors of embedded texts.</summary>
    public IReadOnlyList<float[]>? Embeddings { get; set; }

    /// <summary>Memory that it takes, about: texts, calls, and tokens with their top log probabilities.</summary>
    public long KeptBytes =>
        (2L * (_text.Length + _reasoning.Length))
        + Calls.KeptBytes
        + (_items?.KeptBytes ?? 0)
        + (BytesPerToken * (_scored.Count + (_tokens?.Count ?? 0) + (long)_topLogProbabilities));

    /// <summary>Adds who answers, unless that is known.</summary>
    /// <param name="model">The model's name; null where it is not said.</param>
    /// <param name="systemFingerprint">What tells one version of the serving system from another.</param>
    public void AddSource(string? model, string? systemFingerprint)
    {
        _model ??= model;
        _systemFingerprint ??= systemFingerprint;
    }

    /// <summary>Adds a given text that was scored; it is no piece of an answer, and nobody was billed for writing it.</summary>
    public void AddScoredText(string text) => _text.Append(text);

    /// <summary>Counts a piece of a stream that said something and whose text is added at the end.</summary>
    public void CountPiece() => _pieces++;

    /// <summary>Adds the whole content of an answer, whose pieces were counted as they came.</summary>
    /// <inheritdoc cref="AddPiece"/>
    public void AddWhole(string text, string? reasoning, bool hasToolCall)
    {
        var pieces = _pieces;
        if (AddPiece(text, reasoning, hasToolCall) && pieces > 0)
        {
            _pieces = pieces;
        }
    }

    /// <summary>Adds content, all of it or a piece.</summary>
    /// <param name="text">Text of the answer.</param>
    /// <param name="reasoning">Reasoning in a field of its own; null for none, empty where it is said only that there is some.</param>
    /// <param name="hasToolCall">Whether <see cref="Calls"/> took something too.</param>
    /// <returns>Whether there was anything.</returns>
    public bool AddPiece(string text, string? reasoning, bool hasToolCall)
    {
        _text.Append(text);
        _reasoning.Append(reasoning);
        _hasReasoning |= reasoning is not null;
        var isAnything = text.Length > 0 || hasToolCall || reasoning is not null;
        if (isAnything)
        {
            _pieces++;
        }

        return isAnything;
    }

    /// <summary>Adds a token's log probability, unless it is no finite number.</summary>
    /// <param name="logProbability">The number.</param>
    /// <param name="text">The token's text in UTF-8; null when it is not known.</param>
    public void AddLogProbability(JsonElement? logProbability, byte[]? text = null)
    {
        AddLogProbability(logProbability?.GetFinite(), text);
    }

    /// <inheritdoc cref="AddLogProbability(JsonElement?, byte[])"/>
    public void AddLogProbability(double? logProbability, byte[]? text)
    {
        if (logProbability is { } value)
        {
            _scored.Add(new ScoredToken(text, value));
        }
    }

    /// <summary>
    /// Adds a token with its top log probabilities. One without any is kept all the same: the next one's place is after it.
    /// </summary>
    /// <param name="token">The token; null where it cannot be read.</param>
    public void AddToken(AnswerToken? token)
    {
        if (token is null)
        {
            return;
        }

        (_tokens ??= []).Add(token);
        _topLogProbabilities += token.TopLogProbabilities.Count;
    }

    /// <summary>The result of an attempt whose answer breaks off or is unusable. The part that was read was paid for.</summary>
    public AttemptResult.Transient BreakOff(string reason) =>
        Fail(Usage.Input > 0 || Usage.Output > 0 || _pieces > 0 ? TransientFault.Unusable : TransientFault.Broken, reason);

    /// <summary>
    /// The result of an attempt that failed after this part of its answer had arrived. A stream reports its usage only at the end; without
    /// it, each piece counts as one token, the least that it can have.
    /// </summary>
    public AttemptResult.Transient Fail(TransientFault fault, string reason) =>
        new(fault, reason)
        {
            Tokens = new BilledTokens(Usage.Input, Usage.Output > 0 ? Usage.Output : _pieces) { CachedInput = Usage.CachedInput },
        };

    /// <summary>The result of an attempt whose answer was paid for, as far as it came, and is withheld.</summary>
    public AttemptResult.Ended Withhold(Outcome outcome, string reason, string message) =>
        new(
            new ModelCallResult.Failed(outcome, reason, message, Attempts: 1)
            {
                InputTokens = Usage.Input,
                CachedInputTokens = Usage.CachedInput,
                OutputTokens = Usage.Output > 0 ? Usage.Output : _pieces,
            }
        );

    /// <summary>The result of the attempt that gave this answer.</summary>
    /// <param name="maxOutputTokens">Maximum number of requested tokens; null where no answer was requested.</param>
    /// <param name="isEcho">Whether a given text was scored.</param>
    public AttemptResult Result(int? maxOutputTokens = null, bool isEcho = false) =>
        FinishReasons.KindOf(FinishReason) switch
        {
            FinishKind.Filtered => Withhold(
                Outcome.ContentFiltered,
                CallReasons.ContentFilter,
                $"A content filter withheld the answer{ContentFilters.Describe(Filters)}."
            ),
            FinishKind.Broken => BreakOff(CallReasons.BrokenAnswer),
            _ => new AttemptResult.Ended(new ModelCallResult.Answered(Complete(maxOutputTokens, isEcho))),
        };

    /// <summary>The answer with its time.</summary>
    /// <param name="completion">The answer.</param>
    /// <param name="latency">From sending the request to the last byte.</param>
    public Completion Time(Completion completion, TimeSpan latency)
    {
        // Hidden reasoning comes before the first piece.
        var written = Usage.Output - (completion.Reasoning is { Length: > 0 } ? 0 : Usage.Reasoning);
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

    private Completion Complete(int? maxOutputTokens, bool isEcho)
    {
        var written = isEcho ? new ModelText(_text.ToString(), null) : Separate();
        var text = Stop(written);
        var insteadOfText = InsteadOf(text);
        var scored =
            isEcho || insteadOfText == CallReasons.ToolCall ? _scored
            : text.Reasoning is null ? ScoredToken.ForText(_scored, text.Answer)
            : ScoredToken.ForAnswer(_scored, text.Answer);
        return new Completion
        {
            Model = _model,
            SystemFingerprint = _systemFingerprint,
            // An answer that the app stopped has ended, even if the model wrote more.
            Cut = text == written ? CutOf(maxOutputTokens) : AnswerCut.None,
            Text = text.Answer,
            Reasoning = text.Reasoning,
            ReasoningTokens = Usage.Reasoning,
            FinishReason = text == written ? FinishReason ?? "unknown" : "stop",
            InsteadOfText = insteadOfText,
            ToolCalls = Calls.IsTooMany ? [] : Calls.ToList(),
            InputTokens = Usage.Input,
            CachedInputTokens = Usage.CachedInput,
            OutputTokens = Usage.Output,
            TimeToFirstToken = TimeToFirstToken,
            LogProbability = isEcho || scored.Count > 0 ? scored.Sum(token => token.LogProbability) : null,
            LogProbabilityTokens = scored.Count,
            Tokens = isEcho || _topLogProbabilities == 0 ? null : TokensOf(text),
            Embeddings = Embeddings,
            IsGreedy = IsGreedy,
            IsEcho = isEcho,
        };
    }

    /// <summary>What the model gave instead of a text; null where there is a text, or nothing at all.</summary>
    private string? InsteadOf(ModelText text)
    {
        var hasText = text.Reasoning is null ? text.Answer.Length > 0 : !text.IsReasoningOnly;
        return Calls.IsTooMany ? CallReasons.TooManyToolCalls
            : hasText ? null
            : Calls.IsAny ? CallReasons.ToolCall
            : text.Reasoning is not null ? CallReasons.ReasoningOnly
            : null;
    }

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

    /// <summary>
    /// Why the answer was cut. Some servers say it in the finish reason. For the others, the number of tokens decides, reasoning included.
    /// </summary>
    private AnswerCut CutOf(int? maxOutputTokens)
    {
        var written = Math.Max(Usage.Output, Usage.Total - Usage.Input);
        return FinishReasons.KindOf(FinishReason) switch
        {
            FinishKind.Context => AnswerCut.Context,
            FinishKind.OutputLimit => AnswerCut.MaxOutputTokens,
            FinishKind.Length => Usage.Output > 0 && written < maxOutputTokens ? AnswerCut.Context : AnswerCut.MaxOutputTokens,
            _ => AnswerCut.None,
        };
    }
}
