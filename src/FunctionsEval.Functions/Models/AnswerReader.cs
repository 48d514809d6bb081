using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Functions.Models;

/// <summary>Reads the body of a response with status 200, in which anything may be missing.</summary>
internal static class AnswerReader
{
    /// <summary>The most of a body that is read: 8 MiB, over a hundred times the longest answer with log probabilities.</summary>
    public const int MaxBodyBytes = 8 * 1024 * 1024;

    /// <summary>Reads a whole body as JSON.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="BodyTooLargeException">It is over <see cref="MaxBodyBytes"/>.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(PipelineResponse response, CancellationToken cancellationToken)
    {
        await using var body = new BoundedStream(response.ContentStream ?? Stream.Null, MaxBodyBytes);
        return await JsonDocument.ParseAsync(body, default, cancellationToken);
    }

    /// <summary>Reads an answer that came in one piece, from either API.</summary>
    public static AttemptResult ReadAnswer(JsonElement root)
    {
        if (Choice(root, out AttemptResult? fault) is not { } choice)
            return fault!;
        var answer = new Answer();
        answer.AddUsage(root);
        answer.FinishReason = choice.Get("finish_reason")?.GetText();
        answer.AddLogProbabilities(choice);
        string? text = TextOf(choice.Get("message")) ?? choice.Get("text")?.GetText();
        if (text is not null)
            answer.Text.Append(text);
        else if (answer.FinishReason is not ("content_filter" or "length"))
            return new AttemptResult.Passing(PassingFault.Broken, CallReasons.MissingContent);
        return answer.Result();
    }

    /// <summary>Reads the log probabilities of an echoed text.</summary>
    /// <param name="root">The body's root.</param>
    /// <param name="model">The model, for the message when its endpoint cannot do this.</param>
    /// <param name="text">The text that was to be scored.</param>
    /// <param name="from">Where the part begins whose probability is wanted (<see cref="ModelRequest.ScoredFrom"/>).</param>
    /// <remarks>
    /// The first token has no probability (nothing precedes it) and is left out of both sum and count, as is every token after the text
    /// (endpoints that cannot answer with none write one). They are told apart by the token counts where those add up, by <c>text_offset</c> otherwise.
    /// </remarks>
    public static AttemptResult ReadEcho(JsonElement root, ModelOptions model, string text, int from)
    {
        if (Choice(root, out AttemptResult? fault) is not { } choice)
            return fault!;
        if (choice.Get("finish_reason")?.GetText() == "content_filter")
            return new Answer { FinishReason = "content_filter" }.Result();
        if (choice.Get("text")?.GetText() is not { } echoed)
            return new AttemptResult.Passing(PassingFault.Broken, CallReasons.MissingContent);
        if (choice.Get("logprobs")?.Get("token_logprobs") is not { ValueKind: JsonValueKind.Array } tokens || !Begins(echoed, text))
        {
            return new AttemptResult.Ended(new ModelCallResult.Misconfigured(
                $"{model.Setting(nameof(ModelOptions.Api))}: the endpoint of model '{model.Name}' does not score given texts (echo with log probabilities). Set it to Chat to measure the model's own output, or name a model that can."));
        }

        var answer = new Answer { FinishReason = choice.Get("finish_reason")?.GetText() };
        answer.AddUsage(root);
        int scored = ScoredTokens(choice.Get("logprobs")!.Value, tokens.GetArrayLength(), answer, text);
        JsonElement details = choice.Get("logprobs")!.Value;
        int first = 0;
        if (from > 0)
        {
            int[]? ends = TokenEnds(details, scored, text);
            if (ends is null)
            {
                return new AttemptResult.Ended(new ModelCallResult.Misconfigured(
                    $"{model.Setting(nameof(ModelOptions.Endpoint))}: the endpoint of model '{model.Name}' does not say where tokens begin (text_offset or tokens), so a choice cannot be told from its question. Name a model whose endpoint does."));
            }
            int border = text[..from].EnumerateRunes().Count();
            first = ends.TakeWhile(end => end <= border).Count();
        }

        answer.LogProbability = 0;
        foreach (JsonElement token in tokens.EnumerateArray().Take(scored).Skip(first))
            answer.AddLogProbability(token);
        answer.IsGreedy = IsGreedy(details, tokens, first, scored);
        answer.Text.Append(text);
        return answer.Result(isEcho: true);
    }

    /// <summary>Reads the vectors of embedded texts.</summary>
    /// <param name="root">The body's root.</param>
    /// <param name="count">How many texts were sent.</param>
    public static AttemptResult ReadEmbeddings(JsonElement root, int count)
    {
        var vectors = new float[count][];
        if (root.Get("data") is not { ValueKind: JsonValueKind.Array } data)
            return new AttemptResult.Passing(PassingFault.Broken, root.Get("error") is null ? CallReasons.EmptyChoices : CallReasons.ErrorInBody);
        foreach (JsonElement item in data.EnumerateArray())
        {
            if (item.Get("index") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int index) && index >= 0 && index < count
                && item.Get("embedding") is { ValueKind: JsonValueKind.Array } vector && vector.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number))
            {
                vectors[index] = [.. vector.EnumerateArray().Select(value => value.GetSingle())];
            }
        }
        if (Array.Exists(vectors, vector => vector is null or { Length: 0 }))
            return new AttemptResult.Passing(PassingFault.Broken, CallReasons.MissingContent);
        var answer = new Answer { FinishReason = "stop", Embeddings = vectors };
        answer.AddUsage(root);
        return answer.Result();
    }

    /// <summary>Reads a streamed answer (server-sent events), from either API.</summary>
    /// <param name="response">The response.</param>
    /// <param name="elapsed">Time since the request was sent.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="JsonException">An event is not JSON.</exception>
    /// <exception cref="BodyTooLargeException">The stream is over <see cref="MaxBodyBytes"/>.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<AttemptResult> ReadStreamAsync(PipelineResponse response, Func<TimeSpan> elapsed, CancellationToken cancellationToken)
    {
        await using var body = new BoundedStream(response.ContentStream ?? Stream.Null, MaxBodyBytes);
        var answer = new Answer();
        bool any = false;
        await foreach (SseItem<string> item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            if (item.Data == "[DONE]")
                break;
            using JsonDocument document = JsonDocument.Parse(item.Data);
            JsonElement root = document.RootElement;
            if (root.Get("error") is not null)
                return new AttemptResult.Passing(PassingFault.Broken, CallReasons.ErrorInBody);
            answer.AddUsage(root);
            // Events without a choice carry the usage, or Azure's annotations of the prompt.
            if (root.Get("choices")?.First() is not { } choice)
                continue;
            any = true;
            if ((TextOf(choice.Get("delta")) ?? choice.Get("text")?.GetText()) is { Length: > 0 } text)
            {
                answer.TimeToFirstToken ??= elapsed();
                answer.Text.Append(text);
            }
            answer.AddLogProbabilities(choice);
            answer.FinishReason = choice.Get("finish_reason")?.GetText() ?? answer.FinishReason;
        }
        if (!any)
            return new AttemptResult.Passing(PassingFault.Broken, CallReasons.EmptyChoices);
        // An ending that gives no reason is a connection closed half way: the text may lack its second half.
        return answer.FinishReason is null ? new AttemptResult.Passing(PassingFault.Broken, CallReasons.BrokenStream) : answer.Result();
    }

    private static JsonElement? Choice(JsonElement root, out AttemptResult? fault)
    {
        fault = null;
        if (root.Get("choices")?.First() is { } choice)
            return choice;
        fault = new AttemptResult.Passing(PassingFault.Broken, root.Get("error") is null ? CallReasons.EmptyChoices : CallReasons.ErrorInBody);
        return null;
    }

    // Content is a string, or a list of parts; a refusal stands in the place of the content.
    private static string? TextOf(JsonElement? message)
    {
        JsonElement? content = message?.Get("content");
        if (content is { ValueKind: JsonValueKind.Array } parts)
            return string.Concat(parts.EnumerateArray().Select(part => part.Get("text")?.GetText()));
        return content?.GetText() ?? message?.Get("refusal")?.GetText();
    }

    // Tokenizers may change case and spaces; the first letters are enough to tell an echo from an answer.
    private static bool Begins(string echoed, string text)
    {
        const int letters = 32;
        string expected = Letters(text);
        return expected.Length == 0 || Letters(echoed).StartsWith(expected, StringComparison.OrdinalIgnoreCase);

        static string Letters(string value) => string.Concat(value.Where(char.IsLetterOrDigit).Take(letters));
    }

    private static int ScoredTokens(JsonElement logProbabilities, int count, Answer answer, string text)
    {
        if (answer.InputTokens > 0 && answer.InputTokens + answer.OutputTokens == count)
            return answer.InputTokens;
        if (logProbabilities.Get("text_offset") is { ValueKind: JsonValueKind.Array } offsets && offsets.GetArrayLength() == count)
        {
            // Offsets count code points, as Python's strings do.
            int length = text.EnumerateRunes().Count();
            return offsets.EnumerateArray().TakeWhile(offset => offset.ValueKind == JsonValueKind.Number && offset.TryGetInt32(out int start) && start < length).Count();
        }
        return Math.Max(0, count - answer.OutputTokens);
    }

    /// <summary>Where each of the first tokens ends, in code points; null when the endpoint does not say.</summary>
    private static int[]? TokenEnds(JsonElement logProbabilities, int count, string text)
    {
        if (logProbabilities.Get("text_offset") is { ValueKind: JsonValueKind.Array } offsets && offsets.GetArrayLength() >= count
            && offsets.EnumerateArray().All(offset => offset.ValueKind == JsonValueKind.Number && offset.TryGetInt32(out _)))
        {
            return [.. offsets.EnumerateArray().Take(count).Skip(1).Select(offset => offset.GetInt32()), text.EnumerateRunes().Count()];
        }
        if (logProbabilities.Get("tokens") is not { ValueKind: JsonValueKind.Array } tokens || tokens.GetArrayLength() < count)
            return null;
        int end = 0;
        return [.. tokens.EnumerateArray().Take(count).Select(token => end += token.GetText()?.EnumerateRunes().Count() ?? 0)];
    }

    private static bool IsGreedy(JsonElement logProbabilities, JsonElement tokens, int first, int end)
    {
        if (logProbabilities.Get("top_logprobs") is not { ValueKind: JsonValueKind.Array } tops || tops.GetArrayLength() < end)
            return false;
        return tokens.EnumerateArray().Zip(tops.EnumerateArray()).Take(end).Skip(first).All(pair => pair.First.ValueKind != JsonValueKind.Number
            || (pair.Second.ValueKind == JsonValueKind.Object
                && pair.Second.EnumerateObject().All(top => top.Value.ValueKind != JsonValueKind.Number || top.Value.GetDouble() <= pair.First.GetDouble())));
    }

    /// <summary>An answer while it is being put together.</summary>
    private sealed class Answer
    {
        private int _logProbabilityTokens;

        public StringBuilder Text { get; } = new();

        private List<AnswerToken>? _tokens;

        public string? FinishReason { get; set; }

        public int InputTokens { get; private set; }

        public int OutputTokens { get; private set; }

        public double? LogProbability { get; set; }

        public bool IsGreedy { get; set; }

        public TimeSpan? TimeToFirstToken { get; set; }

        public IReadOnlyList<float[]>? Embeddings { get; init; }

        public void AddUsage(JsonElement root)
        {
            if (root.Get("usage") is not { } usage)
                return;
            InputTokens = usage.Get("prompt_tokens")?.GetCount() ?? 0;
            OutputTokens = usage.Get("completion_tokens")?.GetCount() ?? 0;
        }

        public void AddLogProbabilities(JsonElement choice)
        {
            JsonElement? logProbabilities = choice.Get("logprobs");
            if (logProbabilities?.Get("content") is { ValueKind: JsonValueKind.Array } content)
            {
                foreach (JsonElement token in content.EnumerateArray())
                {
                    AddLogProbability(token.Get("logprob"));
                    if (token.Get("top_logprobs") is { ValueKind: JsonValueKind.Array } top)
                        AddToken(token.Get("token"), token.Get("logprob"), top.EnumerateArray().Select(other => AlternativeOf(other.Get("token")?.GetText(), other.Get("logprob"))));
                }
            }
            else if (logProbabilities?.Get("token_logprobs") is { ValueKind: JsonValueKind.Array } tokens)
            {
                foreach (JsonElement token in tokens.EnumerateArray())
                    AddLogProbability(token);
                if (logProbabilities?.Get("tokens") is { ValueKind: JsonValueKind.Array } texts && logProbabilities?.Get("top_logprobs") is { ValueKind: JsonValueKind.Array } tops)
                {
                    foreach (var ((text, number), top) in texts.EnumerateArray().Zip(tokens.EnumerateArray()).Zip(tops.EnumerateArray()))
                    {
                        if (top.ValueKind == JsonValueKind.Object)
                            AddToken(text, number, top.EnumerateObject().Select(other => AlternativeOf(other.Name, other.Value)));
                    }
                }
            }
        }

        private void AddToken(JsonElement? text, JsonElement? logProbability, IEnumerable<TokenAlternative?> alternatives)
        {
            if (AlternativeOf(text?.GetText(), logProbability) is { } token)
                (_tokens ??= []).Add(new AnswerToken(token.Text, token.LogProbability, [.. alternatives.OfType<TokenAlternative>()]));
        }

        private static TokenAlternative? AlternativeOf(string? text, JsonElement? logProbability) =>
            text is not null && logProbability is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double value) && double.IsFinite(value)
                ? new TokenAlternative(text, value)
                : null;

        public void AddLogProbability(JsonElement? token)
        {
            if (token is not { ValueKind: JsonValueKind.Number } number || !number.TryGetDouble(out double value) || !double.IsFinite(value))
                return;
            LogProbability = (LogProbability ?? 0) + value;
            _logProbabilityTokens++;
        }

        public AttemptResult.Ended Result(bool isEcho = false)
        {
            if (FinishReason == "content_filter")
            {
                return new AttemptResult.Ended(new ModelCallResult.Failed(Outcome.ContentFiltered, CallReasons.ContentFilter, "A content filter withheld the answer.", Attempts: 1)
                {
                    InputTokens = InputTokens,
                    OutputTokens = OutputTokens,
                });
            }
            return new AttemptResult.Ended(new ModelCallResult.Answered(new Completion
            {
                Text = Text.ToString(),
                FinishReason = FinishReason ?? "unknown",
                InputTokens = InputTokens,
                OutputTokens = OutputTokens,
                TimeToFirstToken = TimeToFirstToken,
                LogProbability = LogProbability,
                LogProbabilityTokens = _logProbabilityTokens,
                Tokens = isEcho ? null : _tokens,
                Embeddings = Embeddings,
                IsGreedy = IsGreedy,
                IsEcho = isEcho,
            }));
        }
    }
}

/// <summary>A body longer than is read.</summary>
internal sealed class BodyTooLargeException() : IOException("The response's body is too large.");

/// <summary>Reads another stream up to a number of bytes, and refuses more.</summary>
internal sealed class BoundedStream(Stream inner, int maxBytes) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int bytes)
    {
        _read += bytes;
        return _read <= maxBytes ? bytes : throw new BodyTooLargeException();
    }
}
