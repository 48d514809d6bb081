using CsCheck;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>Tokens as the tests of label probabilities write them, and the probabilities that are read from them.</summary>
internal static class LabelReadings
{
    /// <summary>The labels' probabilities by these tokens, or null where there are none.</summary>
    public static IReadOnlyDictionary<string, double>? Read(ParsingSpec parsing, string[] labels, params AnswerToken[] tokens) =>
        ReadAll(parsing, labels, tokens)?.Probabilities;

    /// <summary>As <c>Read</c>, of labels that are read as they are.</summary>
    public static IReadOnlyDictionary<string, double>? ReadLogarithms(string[] labels, params AnswerToken[] tokens) =>
        Read(new ParsingSpec(), labels, tokens);

    /// <summary>As <c>Read</c>, with what is unresolved.</summary>
    public static LabelReading? ReadAll(ParsingSpec parsing, string[] labels, params AnswerToken[] tokens) =>
        new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = labels,
            Parsing = parsing,
        }
            .CreateParser()
            .ReadLabelProbabilities(tokens);

    /// <summary>A token of the answer with its probability, and those that could have stood in its place.</summary>
    public static AnswerToken Token(string text, double probability, params (string Text, double Probability)[] others) =>
        new(
            text,
            Math.Log(probability),
            [.. others.Append((text, probability)).Select(other => new TopLogProbability(other.Item1, Math.Log(other.Item2)))]
        );

    /// <summary>Every label has its probability, in the order of their names.</summary>
    public static void AssertProbabilities(
        IReadOnlyDictionary<string, double>? actual,
        params (string Label, double Probability)[] expected
    )
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Select(pair => pair.Label).Order(StringComparer.Ordinal), actual.Keys);
        foreach (var (label, probability) in expected)
        {
            Assert.Equal(probability, actual[label], 1e-12);
        }
    }
}
