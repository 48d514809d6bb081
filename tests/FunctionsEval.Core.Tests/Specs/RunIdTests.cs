using System.Security.Cryptography;
using System.Text;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

public sealed class RunIdTests
{
    private static readonly string Base = RunId.Create("a", "c", "b", "e", "{}");

    [Fact]
    public void Create_same_input_gives_the_same_id() => Assert.Equal(Base, RunId.Create("a", "c", "b", "e", "{}", 0));

    [Theory]
    [InlineData("x", "c", "b", "e", "{}", 0)]
    [InlineData("a", "x", "b", "e", "{}", 0)]
    [InlineData("a", "c", "x", "e", "{}", 0)]
    [InlineData("a", "c", "b", "x", "{}", 0)]
    [InlineData("a", "c", "b", "e", "{ }", 0)]
    [InlineData("a", "c", "b", "e", "{}", 1)]
    [InlineData("ac", "", "b", "e", "{}", 0)]
    public void Create_any_other_input_gives_another_id(
        string account,
        string container,
        string blob,
        string etag,
        string spec,
        int attempt
    ) => Assert.NotEqual(Base, RunId.Create(account, container, blob, etag, spec, attempt));

    [Fact]
    public void Create_quotes_of_the_etag_do_not_matter() => Assert.Equal(Base, RunId.Create("a", "c", "b", "\"e\"", "{}"));

    [Fact]
    public void Create_is_safe_as_folder_key_and_instance_id() => Assert.Matches("^ev-[a-z2-7]{26}$", Base);

    /// <summary>Oracle: RFC 4648 base 32, spelt out bit by bit.</summary>
    [Fact]
    public void Create_is_base32_of_the_sha256_of_length_prefixed_parts()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var part in new[] { "acc", "datasets", "s/ü.jsonl", "0x8D", "{}" })
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }

        writer.Write(3);
        var bits = string.Concat(SHA256.HashData(stream.ToArray()).Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        var text = string.Concat(
            Enumerable.Range(0, 26).Select(i => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(bits.Substring(5 * i, 5), 2)])
        );
        Assert.Equal("ev-" + text, RunId.Create("acc", "datasets", "s/ü.jsonl", "0x8D", "{}", 3));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ev-short")]
    [InlineData("ev-ABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    [InlineData("xx-abcdefghijklmnopqrstuvwxyz")]
    public void IsValid_other_text_is_no_run_id(string? text) => Assert.False(RunId.IsValid(text));

    [Fact]
    public void IsValid_created_id_is_one() => Assert.True(RunId.IsValid(Base));
}
