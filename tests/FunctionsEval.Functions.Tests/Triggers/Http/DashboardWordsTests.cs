using System.Text.RegularExpressions;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Triggers.Http;

namespace FunctionsEval.Functions.Tests.Triggers.Http;

/// <summary>The dashboard names what the server names without a text; both say the same.</summary>
public sealed partial class DashboardWordsTests
{
    private static readonly string Script = Read("dashboard/words.js");

    [Fact]
    public void Outcomes_are_called_what_the_overview_calls_them() =>
        Assert.Equal(
            OutcomeNames.All.Keys.ToDictionary(name => name, OutcomeWords.LabelOf, StringComparer.Ordinal),
            WordsOf("OUTCOME_WORDS")
        );

    [Fact]
    public void Sources_are_called_what_the_overview_calls_them() =>
        Assert.All(WordsOf("SOURCE_WORDS"), word => Assert.Equal(SourceWords.TextOf(word.Key), word.Value));

    private static Dictionary<string, string> WordsOf(string table)
    {
        var begin = Script.IndexOf($"const {table} = {{", StringComparison.Ordinal);
        var words = Word()
            .Matches(Script[begin..Script.IndexOf("};", begin, StringComparison.Ordinal)])
            .ToDictionary(word => word.Groups[1].Value, word => word.Groups[2].Value, StringComparer.Ordinal);
        Assert.NotEmpty(words);
        return words;
    }

    private static string Read(string resource)
    {
        using var stream = typeof(GetDashboard).Assembly.GetManifestResourceStream(resource)!;
        return new StreamReader(stream).ReadToEnd();
    }

    [GeneratedRegex(@"(\w+): '([^']+)'")]
    private static partial Regex Word();
}
