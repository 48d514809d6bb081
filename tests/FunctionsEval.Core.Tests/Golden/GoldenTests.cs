using System.Text.Json;

namespace FunctionsEval.Core.Tests.Golden;

/// <summary>Every vector of every family agrees with the reference tool. Oracles: the tools named in Data/README.md.</summary>
public sealed class GoldenTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Func<GoldenCase, object?>> Families = new(StringComparer.Ordinal)
    {
        ["bleu"] = TranslationFamilies.Bleu,
        ["chrf"] = TranslationFamilies.Chrf,
        ["classification"] = ClassificationFamily.Compute,
        ["entities"] = EntityFamily.Compute,
        ["lm_eval"] = HarnessFamily.Compute,
        ["mt_tokenizers"] = TranslationFamilies.Tokenizers,
        ["multi_label"] = ValueFamilies.MultiLabel,
        ["perplexity"] = LanguageModelFamilies.Perplexity,
        ["porter_stemmer"] = SummaryFamilies.PorterStems,
        ["probabilistic"] = ProbabilityFamily.Compute,
        ["regression"] = ValueFamilies.Regression,
        ["rouge"] = SummaryFamilies.Rouge,
        ["tool_calls"] = ToolCallsFamily.Compute,
        ["squad"] = AnswerFamilies.Squad,
        ["statistics"] = StatisticsFamily.Compute,
        ["text_similarity"] = SummaryFamilies.TextSimilarity,
        ["ter"] = TranslationFamilies.Ter,
        ["wer_cer"] = AnswerFamilies.ErrorRates,
    };

    public static IEnumerable<TheoryDataRow<string>> Files() => GoldenFile.All().Select(file => new TheoryDataRow<string>(file.Name));

    [Theory]
    [MemberData(nameof(Files))]
    public void File_every_case_equals_the_reference_tool(string name)
    {
        var file = GoldenFile.All().Single(file => file.Name == name);
        Assert.True(Families.TryGetValue(file.Family, out var compute), $"{file.Family}: not covered, {file.Cases.Count} cases.");

        var failures = new List<string>();
        var unverifiable = new List<string>();
        foreach (var golden in file.Cases)
        {
            List<string> differences;
            try
            {
                var actual = compute(golden);
                if (actual is GoldenInputMissing missing)
                {
                    unverifiable.Add($"{golden.Id} {missing.Reason}");
                    continue;
                }

                differences = [.. golden.Differences(actual)];
            }
            catch (Exception exception)
                when (exception
                        is ArgumentException
                            or InvalidOperationException
                            or KeyNotFoundException
                            or NotSupportedException
                            or JsonException
                            or IndexOutOfRangeException
                            or FormatException
                            or FunctionsEval.Core.OptionReading.OptionException
                )
            {
                differences = [exception.ToString()];
            }

            if (differences.Count > 0)
            {
                failures.Add($"{golden.Id}: {string.Join("; ", differences.Take(5))}");
            }
        }

        var summary =
            $"{file.Family}: {file.Cases.Count - failures.Count - unverifiable.Count} of {file.Cases.Count} cases pass"
            + string.Concat(unverifiable.Select(reason => $"; not verifiable: {reason}"));
        output.WriteLine(summary);
        TestContext.Current.SendDiagnosticMessage("{0}", summary);
        Assert.True(failures.Count == 0, $"{summary}\n{string.Join('\n', failures.Take(20))}");
    }
}
