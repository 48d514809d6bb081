using System.Text.Json;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>Reads the training files of the sample suites.</summary>
internal static class TrainingFiles
{
    public static Task<IReadOnlyList<LabelledText>> ReadTicketsAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadTurnsAsync(samplesDirectory, "support-tickets", cancellationToken);

    public static Task<IReadOnlyList<LabelledText>> ReadOrdersAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadTurnsAsync(samplesDirectory, "extraction", cancellationToken);

    /// <summary>The user's and the assistant's message of each row in the OpenAI fine-tuning chat format.</summary>
    private static Task<IReadOnlyList<LabelledText>> ReadTurnsAsync(
        string samplesDirectory,
        string suite,
        CancellationToken cancellationToken
    ) => ReadAsync(samplesDirectory, suite, row => new LabelledText(Content(row, "user"), Content(row, "assistant")), cancellationToken);

    public static Task<IReadOnlyList<SummarisedArticle>> ReadArticlesAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadAsync(
            samplesDirectory,
            "summarisation",
            row => new SummarisedArticle(Text(row, "input"), Text(row, "expected")),
            cancellationToken
        );

    /// <summary>The question and both answers of each row in the form of OpenAI's files for DPO.</summary>
    public static Task<IReadOnlyList<AnswerPair>> ReadPairsAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadAsync(
            samplesDirectory,
            "preference",
            row => new AnswerPair(
                Content(row.GetProperty("input"), "user"),
                Text(row.GetProperty("preferred_output")[0], "content"),
                Text(row.GetProperty("non_preferred_output")[0], "content")
            ),
            cancellationToken
        );

    public static Task<IReadOnlyList<string>> ReadTextsAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadAsync(samplesDirectory, "language-modelling", row => Text(row, "text"), cancellationToken);

    /// <summary>The user's turn of each row, and the calls or the text that follow it.</summary>
    public static Task<IReadOnlyList<HarbourTurn>> ReadHarbourAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadAsync(samplesDirectory, "tool-calls", ReadTurn, cancellationToken);

    private static HarbourTurn ReadTurn(JsonElement row)
    {
        var answer = row.GetProperty("messages").EnumerateArray().Last();
        SampleCall[] calls = answer.TryGetProperty("tool_calls", out var list)
            ?
            [
                .. list.EnumerateArray()
                    .Select(call => call.GetProperty("function"))
                    .Select(function => new SampleCall(Text(function, "name"), Text(function, "arguments"))),
            ]
            : [];
        return new HarbourTurn(Content(row, "user"), calls, calls.Length > 0 ? null : Text(answer, "content"));
    }

    /// <summary>The user's message of each row, and the list of labels in the assistant's.</summary>
    public static Task<IReadOnlyList<LabelledSet>> ReadFaultsAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadAsync(
            samplesDirectory,
            "multi-label",
            row => new LabelledSet(Content(row, "user"), JsonSerializer.Deserialize<string[]>(Content(row, "assistant"))!),
            cancellationToken
        );

    public static Task<IReadOnlyList<NumberedText>> ReadRentsAsync(string samplesDirectory, CancellationToken cancellationToken) =>
        ReadAsync(
            samplesDirectory,
            "regression",
            row => new NumberedText(Text(row, "input"), row.GetProperty("expected").GetDouble()),
            cancellationToken
        );

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(
        string samplesDirectory,
        string suite,
        Func<JsonElement, T> read,
        CancellationToken cancellationToken
    )
    {
        var path = Path.Combine(samplesDirectory, suite, "train.jsonl");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"The sample models are trained on {path}, which does not exist. Is '{samplesDirectory}' the samples directory?",
                path
            );
        }

        var rows = new List<T>();
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            using var row = JsonDocument.Parse(line);
            rows.Add(read(row.RootElement));
        }
        return rows;
    }

    private static string Content(JsonElement row, string role) =>
        Text(row.GetProperty("messages").EnumerateArray().Last(message => Text(message, "role") == role), "content");

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
