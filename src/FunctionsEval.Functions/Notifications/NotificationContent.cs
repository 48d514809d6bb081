using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Notifications;

/// <summary>What a stored notification says, for formats that write it in another way.</summary>
internal sealed record NotificationContent
{
    private const string SuiteType = "suite.";

    /// <summary>Whether it is about a suite run.</summary>
    public required bool IsSuite { get; init; }

    /// <summary>The run's id, or the suite run's.</summary>
    public required string RunId { get; init; }

    /// <summary>How often the run was resumed.</summary>
    public int Resumption { get; init; }

    /// <summary>How it ended.</summary>
    public string Status { get; init; } = "";

    /// <summary>The verdict's name; null for none.</summary>
    public string? Verdict { get; init; }

    /// <summary>What each rule says.</summary>
    public IReadOnlyList<RuleVerdict> Reasons { get; init; } = [];

    /// <summary>What callers gave to get back.</summary>
    public IReadOnlyList<string> Contexts { get; init; } = [];

    /// <summary>What should be known beside the verdict.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The headline numbers, a sentence each.</summary>
    public IReadOnlyList<string> Headline { get; init; } = [];

    /// <summary>What got worse, a sentence each.</summary>
    public IReadOnlyList<string> Worse { get; init; } = [];

    /// <summary>The candidates of a group, each with its verdict.</summary>
    public IReadOnlyList<ToldCandidate> Candidates { get; init; } = [];

    /// <summary>The suite.</summary>
    public string? Suite { get; init; }

    /// <summary>The dataset; null of a suite run.</summary>
    public string? Dataset { get; init; }

    /// <summary>The model under test.</summary>
    public string? Model { get; init; }

    /// <summary>What it is compared with.</summary>
    public string? Baseline { get; init; }

    /// <summary>The number of samples.</summary>
    public long? Samples { get; init; }

    /// <summary>The error's code; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Reads a notification of any version of the app.</summary>
    public static NotificationContent Read(BinaryData body)
    {
        using var document = JsonDocument.Parse(body);
        var (type, data) = (document.RootElement.GetProperty("type").GetString()!, document.RootElement.GetProperty("data"));
        var isSuite = type.StartsWith(SuiteType, StringComparison.Ordinal);
        return new NotificationContent
        {
            IsSuite = isSuite,
            RunId = Text(data, isSuite ? "suiteRunId" : "runId") ?? "",
            Resumption = Find(data, "resumption") is { } resumption ? resumption.GetInt32() : 0,
            Status = Text(data, "status") ?? "",
            Verdict = Text(data, "verdict"),
            Reasons = RunColumns.Split(Text(data, "verdictReasons") ?? ""),
            Contexts = Texts(data, "contexts"),
            Warnings = Texts(data, "warnings"),
            Headline = [.. Items(data, "headline").Select(item => Text(item, "sentence")).OfType<string>()],
            Worse = [.. Items(data, "worse").Select(item => Text(item, "sentence")).OfType<string>()],
            Candidates = [.. Items(data, "candidates").Select(ReadCandidate)],
            Suite = Text(data, "suite"),
            Dataset = Text(data, "dataset"),
            Model = Text(data, "model"),
            Baseline = Text(data, "baseline"),
            Samples = Find(data, "samples")?.GetInt64(),
            ErrorCode = Text(data, "errorCode"),
        };
    }

    private static ToldCandidate ReadCandidate(JsonElement candidate) =>
        new(
            Text(candidate, "model") ?? "",
            Text(candidate, "verdict"),
            Find(candidate, "recommended") is { ValueKind: JsonValueKind.True }
        );

    private static JsonElement? Find(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private static string? Text(JsonElement owner, string name) =>
        Find(owner, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static List<JsonElement> Items(JsonElement owner, string name) =>
        Find(owner, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static IReadOnlyList<string> Texts(JsonElement owner, string name) =>
        [.. Items(owner, name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];
}

/// <summary>A candidate of a group.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Verdict">Its verdict's name; null for none.</param>
/// <param name="IsRecommended">Whether it is recommended.</param>
internal sealed record ToldCandidate(string Model, string? Verdict, bool IsRecommended);
