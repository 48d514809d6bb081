namespace FunctionsEval.Tests;

/// <summary>
/// The part of a document between <c>&lt;!-- generated: NAME --&gt;</c> and <c>&lt;!-- end: NAME --&gt;</c>, which is made from the code.
/// With
/// <c>FUNCTIONSEVAL_REWRITE=1</c> the tests write it; otherwise they compare.
/// </summary>
internal sealed class GeneratedPart(string document, string name)
{
    private const string Variable = "FUNCTIONSEVAL_REWRITE";

    private readonly string _begin = $"<!-- generated: {name} -->\n";
    private readonly string _end = $"<!-- end: {name} -->";

    public static bool IsRewriting => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>What the document has now.</summary>
    public string Current
    {
        get
        {
            var (begin, end) = Find(Text);
            return Text[begin..end];
        }
    }

    private string Text => Repository.Read("docs", document).ReplaceLineEndings("\n");

    public void AssertIs(string expected)
    {
        if (IsRewriting)
        {
            var (begin, end) = Find(Text);
            File.WriteAllText(Repository.PathOf("docs", document), Text[..begin] + expected + Text[end..]);
        }

        if (Current != expected)
        {
            Assert.Fail(
                $"docs/{document} is not what the code says: {Difference(expected)}\nRun the tests once with {Variable}=1 and review what they wrote."
            );
        }
    }

    private (int Begin, int End) Find(string text)
    {
        var begin = text.IndexOf(_begin, StringComparison.Ordinal);
        var end = text.IndexOf(_end, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"docs/{document} has no part between {_begin.Trim()} and {_end}.");
        return (begin + _begin.Length, end);
    }

    private string Difference(string expected)
    {
        var wanted = expected.Split('\n');
        var found = Current.Split('\n');
        var first = wanted.Zip(found).TakeWhile(line => line.First == line.Second).Count();
        return $"line {first + 1} of the part should be\n  {wanted.ElementAtOrDefault(first)}\nand is\n  {found.ElementAtOrDefault(first)}";
    }
}
