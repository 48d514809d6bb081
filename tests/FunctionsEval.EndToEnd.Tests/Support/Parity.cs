using System.Text.Json;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// A task whose truth is known: numbers that are even or odd. The recorded model is wrong on those that end in 9 and
/// answers something unparsable on those that end in 8.
/// </summary>
internal static class Parity
{
    public const string Spec = """
        { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy", "confusion_matrix"],
          "limits": { "maxMalformedShare": 0.1 }, "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.75 } ] } }
        """;

    public static string Row(string suite, int number) =>
        JsonSerializer.Serialize(
            new
            {
                id = $"n{number}",
                input = $"{suite} {number}",
                expected = Truth(number),
            }
        );

    public static IEnumerable<string> Rows(string suite, int count) => Enumerable.Range(0, count).Select(number => Row(suite, number));

    public static (int Status, string Text) Answer(string prompt)
    {
        var number = int.Parse(prompt.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        return (
            200,
            (number % 10) switch
            {
                9 => "even",
                8 => "I believe it is even",
                _ => Truth(number),
            }
        );
    }

    private static string Truth(int number) => number % 2 == 0 ? "even" : "odd";
}
