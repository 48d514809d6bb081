using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.Tests.Triggers;

/// <summary>docs/operations.md says of every code what it means and what to do.</summary>
public sealed partial class ErrorCodeTests
{
    [Fact]
    public void Every_code_of_a_run_or_a_request_is_in_the_document()
    {
        var document = Repository.Read("docs", "operations.md").Split("## Codes")[1].Split("\n## ")[0];
        var codes = Repository
            .AppSources()
            .Select(source => source.Text)
            .Append(Repository.Read("src", "FunctionsEval.Core", "Results", "RunFailure.cs"))
            .SelectMany(text => Given().Matches(text))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        var described = Described().Matches(document).Select(match => match.Groups[1].Value).ToHashSet();

        Assert.Contains("malformed_rows", codes);
        Assert.Contains("run_under_way", codes);
        Assert.Contains("deadline", codes);
        Assert.All(codes, code => Assert.Contains(code, described));
    }

    [GeneratedRegex(
        """(?:RunFailure\(|ShardReport\.Failed\(|Problems\.\w+\(|NoDataset\(|NotFound\(|Conflict\(|Problem\(StatusCodes\.\w+, |Code = )\s*"([a-z_]+)(?=")"""
    )]
    private static partial Regex Given();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Described();
}
