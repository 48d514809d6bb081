using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tests.Fuzzing;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class BlobNamesTests
{
    /// <summary>
    /// The oracle is RFC 3986, section 5.2.4 (dot segments), section 2.1 (percent-encoding), and the service's rules for blob names.
    /// </summary>
    [Theory]
    [InlineData("", "empty part")]
    [InlineData("/a.jsonl", "empty part")]
    [InlineData("a//b.jsonl", "empty part")]
    [InlineData("a/", "empty part")]
    [InlineData("..", "..")]
    [InlineData("../runs/ev-1/samples.jsonl", "..")]
    [InlineData("a/../../runs/x.jsonl", "..")]
    [InlineData("a/./b.jsonl", "..")]
    [InlineData(@"..\runs\x.jsonl", "backslash")]
    [InlineData(@"a\b.jsonl", "backslash")]
    [InlineData("%2e%2e/runs/x.jsonl", "percent-encoded")]
    [InlineData("a%2Fb.jsonl", "percent-encoded")]
    [InlineData("a/..%5cb.jsonl", "percent-encoded")]
    [InlineData("%252e%252e/x.jsonl", "percent-encoded")]
    [InlineData("a%00.jsonl", "percent-encoded")]
    [InlineData("%c0%ae%c0%ae/x.jsonl", "percent-encoded")]
    [InlineData("a\0.jsonl", "control")]
    [InlineData("a\n.jsonl", "control")]
    [InlineData("a\u0085.jsonl", "control")]
    [InlineData("a\uffff.jsonl", "none in Unicode")]
    public void FindProblem_name_that_may_be_taken_for_another_says_why(string name, string reason) =>
        Assert.Contains(reason, BlobNames.FindProblem(name), StringComparison.Ordinal);

    /// <summary>A half surrogate pair becomes U+FFFD in an address: two names would be one blob's.</summary>
    [Fact]
    public void FindProblem_half_a_surrogate_pair_is_no_text()
    {
        Assert.Contains("none in Unicode", BlobNames.FindProblem("a\ud800.jsonl"), StringComparison.Ordinal);
        Assert.Contains("none in Unicode", BlobNames.FindProblem("a\udc00\ud800.jsonl"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test.jsonl")]
    [InlineData("a/b/c.csv")]
    [InlineData("a/...jsonl")]
    [InlineData("a/..b.jsonl")]
    [InlineData("a/b..jsonl")]
    [InlineData("100%.jsonl")]
    [InlineData("50%20off.jsonl")]
    [InlineData("%E4%B8%85.jsonl")]
    [InlineData("50%.jsonl")]
    [InlineData("ü/数据 𝒳.jsonl")]
    [InlineData("a#b?c&d+e'f.jsonl")]
    public void FindProblem_other_name_has_none(string name) => Assert.Null(BlobNames.FindProblem(name));

    [Fact]
    public void FindProblem_limits_are_the_services()
    {
        Assert.Null(BlobNames.FindProblem(new string('a', 1024)));
        Assert.Contains("1024 characters", BlobNames.FindProblem(new string('a', 1025)), StringComparison.Ordinal);
        Assert.Null(BlobNames.FindProblem(string.Join('/', Enumerable.Repeat("a", 254))));
        Assert.Contains("254 parts", BlobNames.FindProblem(string.Join('/', Enumerable.Repeat("a", 255))), StringComparison.Ordinal);
    }

    /// <summary>
    /// What the rule lets through stays in its folder, however often it is decoded, for a client that shortens addresses and for a file
    /// system.
    /// </summary>
    [Fact]
    public void FindProblem_name_without_one_never_leaves_its_folder() =>
        Fuzz.Run(
            4_000,
            4 << 20,
            random =>
            {
                var name = Encoding.UTF8.GetString(
                    Fuzz.Mutated(
                        random,
                        "suite/a/test.jsonl"u8,
                        "..",
                        "/",
                        "../",
                        "\\",
                        "%2e",
                        "%2E.",
                        "%2f",
                        "%5C",
                        "%25",
                        "%252e",
                        "\0",
                        "%c0%af",
                        "%",
                        ".",
                        "é"
                    )
                );
                _ = name.Length == 0 ? null : DatasetNames.Classify(name);
                if (BlobNames.FindProblem(name) is not null)
                {
                    return;
                }

                for (var decoded = name; ; decoded = Uri.UnescapeDataString(decoded))
                {
                    var address = new Uri(
                        "http://127.0.0.1/account/datasets/" + Uri.EscapeDataString(decoded).Replace("%2F", "/", StringComparison.Ordinal)
                    );
                    Assert.Equal("/account/datasets/" + decoded, Uri.UnescapeDataString(address.AbsolutePath));
                    Assert.StartsWith("/data/datasets/", Path.GetFullPath("/data/datasets/" + decoded), StringComparison.Ordinal);
                    if (Uri.UnescapeDataString(decoded) == decoded)
                    {
                        break;
                    }
                }
            }
        );

    [Theory]
    [InlineData("a\\\\b.jsonl")]
    [InlineData("a/%2e%2e/b.jsonl")]
    [InlineData("a%2fb.jsonl")]
    [InlineData("a\\u0000b.jsonl")]
    public void SpecReader_training_file_of_such_a_name_is_refused(string file)
    {
        var error = Assert.Throws<SpecException>(() =>
            SpecReader.Read(
                $$"""{ "task": "generation", "model": "m", "metrics": ["rouge"], "trainingFile": "{{file}}" }""",
                "evaluation.json"
            )
        );
        Assert.Contains("trainingFile", error.Message, StringComparison.Ordinal);
        Assert.Contains("relative", error.Message, StringComparison.Ordinal);
    }
}
