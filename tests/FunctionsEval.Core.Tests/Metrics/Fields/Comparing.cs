using System.Text.Json;
using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Tests.Metrics.Fields;

/// <summary>Comparisons and values from their JSON.</summary>
internal static class Comparing
{
    public static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    public static ValueComparer Comparer(string json) => ValueComparer.Read(Options($$"""{"c":{{json}}}"""), "c")!;

    public static OptionReader Options(string json) => new("metrics[0]", Json(json));

    public static bool AreEqual(string comparer, string reference, string answer) =>
        Comparer(comparer).AreEqual(Json(reference), Json(answer));

    public static UnitCounts Count(string comparer, string reference, string answer) =>
        Comparer(comparer).Count(Json(reference), Json(answer));
}
