using System.Text.Json;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>Reads the training files of the sample suites.</summary>
internal static class TrainingFiles
{
    private static readonly string[] Suites =
    [
        "support-tickets",
        "extraction",
        "summarisation",
        "preference",
        "language-modelling",
        "tool-calls",
        "multi-label",
        "regression",
    ];

    public static IReadOnlyList<LabelledText> ReadTickets(string samplesDirectory) => ReadTurns(samplesDirectory, "support-tickets");

    public static IReadOnlyList<LabelledText> ReadOrders(string samplesDirectory) => ReadTurns(samplesDirectory, "extraction");

    /// <summary>The user's and the assistant's message of each row in the OpenAI fine-tuning chat format.</summary>
    private static List<LabelledText> ReadTurns(string samplesDirectory, string suite) =>
        Read(samplesDirectory, suite, row => new LabelledText(Content(row, "user"), Content(row, "assistant")));

    public static IReadOnlyList<SummarisedArticle> ReadArticles(string samplesDirectory) =>
        Read(samplesDirectory, "summarisation", row => new SummarisedArticle(Text(row, "input"), Text(row, "expected")));

    /// <summary>The question and both answers of each row in the form of OpenAI's files for DPO.</summary>
    public static IReadOnlyList<AnswerPair> ReadPairs(string samplesDirectory) =>
        Read(
            samplesDirectory,
            "preference",
            row => new AnswerPair(
                Content(row.GetProperty("input"), "user"),
                Text(row.GetProperty("preferred_output")[0], "content"),
                Text(row.GetProperty("non_preferred_output")[0], "content")
            )
        );

    public static IReadOnlyList<string> ReadTexts(string samplesDirectory) =>
        Read(samplesDirectory, "language-modelling", row => Text(row, "text"));

    /// <summary>The user's turn of each row, and the calls or the text that follow it.</summary>
    public static IReadOnlyList<HarbourTurn> ReadHarbour(string samplesDirectory) => Read(samplesDirectory, "tool-calls", ReadTurn);

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
    public static IReadOnlyList<LabelledSet> ReadFaults(string samplesDirectory) =>
        Read(
            samplesDirectory,
            "multi-label",
            row => new LabelledSet(Content(row, "user"), JsonSerializer.Deserialize<string[]>(Content(row, "assistant"))!)
        );

    public static IReadOnlyList<NumberedText> ReadRents(string samplesDirectory) =>
        Read(samplesDirectory, "regression", row => new NumberedText(Text(row, "input"), row.GetProperty("expected").GetDouble()));

    /// <summary>Checks that the training files are there.</summary>
    /// <exception cref="FileNotFoundException">One is missing.</exception>
    public static void Check(string samplesDirectory)
    {
        if (Suites.Select(suite => PathOf(samplesDirectory, suite)).FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw new FileNotFoundException(
                $"The sample models are trained on {missing}, which does not exist. Is '{samplesDirectory}' the samples directory?",
                missing
            );
        }
    }

    private static string PathOf(string samplesDirectory, string suite) => Path.Combine(samplesDirectory, suite, "train.jsonl");

    private static List<T> Read<T>(string samplesDirectory, string suite, Func<JsonElement, T> read)
    {
        var rows = new List<T>();
        foreach (var line in File.ReadLines(PathOf(samplesDirectory, suite)))
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
