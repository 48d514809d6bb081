using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks.MultipleChoice;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Rows whose turns have images, as the chat completions and the responses API write them.</summary>
public sealed class ImageRowTests
{
    private const string Png = "data:image/png;base64,iVBORw0KGgo=";

    [Theory]
    [InlineData(
        """{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"low"}}""",
        "https://example.org/a.png",
        "low"
    )]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}""", "https://example.org/a.png", null)]
    [InlineData("""{"type":"image_url","image_url":"images/a.png"}""", "images/a.png", null)]
    [InlineData("""{"type":"input_image","image_url":"images/a.png","detail":"high"}""", "images/a.png", "high")]
    [InlineData($$$"""{"type":"image_url","image_url":{"url":"{{{Png}}}"}}""", Png, null)]
    public async Task Image_of_a_user_turn_is_a_part_beside_its_text(string part, string url, string? detail)
    {
        var turn = (await ReadSampleAsync(Row(part))).Messages[0];
        Assert.Equal("What is it?", turn.Content);
        Assert.Equal([new TextPart("What "), new ImagePart(url) { Detail = detail }, new TextPart("is it?")], turn.Parts);
    }

    [Theory]
    [InlineData("http://example.org/a.png", "use https")]
    [InlineData("file:///etc/passwd", "use https")]
    [InlineData("ftp://example.org/a.png", "use https")]
    [InlineData("javascript:alert(1)", "use https")]
    [InlineData("https://", "is no address")]
    [InlineData("https://user:secret@example.org/a.png", "user name or password")]
    [InlineData("../other/a.png", "is no name of a blob beside the dataset")]
    [InlineData("/etc/passwd", "is no name of a blob beside the dataset")]
    [InlineData("images\\\\a.png", "is no name of a blob beside the dataset")]
    [InlineData("images/%2e%2e/a.png", "is no name of a blob beside the dataset")]
    [InlineData("", "is empty")]
    [InlineData("data:image/png", "without data")]
    [InlineData("data:text/html;base64,PGI+", "another type")]
    [InlineData("data:image/svg+xml;base64,PGI+", "another type")]
    [InlineData("data:image/png,plain", "not base64")]
    [InlineData("data:image/png;base64,", "not base64")]
    [InlineData("data:image/png;base64,abc", "not base64")]
    [InlineData("data:image/png;base64,ab!d", "not base64")]
    [InlineData("data:image/png;base64,a===", "not base64")]
    public async Task Image_that_cannot_be_sent_is_malformed_and_its_address_is_not_told(string url, string message)
    {
        var row = await ReadMalformedAsync(Row($$"""{"type":"image_url","image_url":{"url":"{{url}}"} }"""));
        Assert.Equal(MalformedReasons.InvalidImage, row.Reason);
        Assert.StartsWith("messages[0].content[1].image_url.url ", row.Message, StringComparison.Ordinal);
        Assert.Contains(message, row.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_has_a_maximum_length()
    {
        Assert.Null(ImageUrls.FindProblem("https://example.org/" + new string('a', ImageUrls.MaxAddressLength - 20)));
        Assert.NotNull(ImageUrls.FindProblem("https://example.org/" + new string('a', ImageUrls.MaxAddressLength - 19)));
    }

    [Theory]
    [InlineData("images/a.png", true)]
    [InlineData("images/a:b.png", true)]
    [InlineData("https://example.org/a.png", false)]
    [InlineData("DATA:image/png;base64,AAAA", false)]
    public void Name_of_a_blob_is_told_from_an_address(string url, bool expected)
    {
        Assert.Equal(expected, ImageUrls.IsBlobName(url));
        Assert.Null(ImageUrls.FindProblem(url));
    }

    [Theory]
    [InlineData("""{"type":"image_url"}""", "wrong_type")]
    [InlineData("""{"type":"image_url","image_url":{"detail":"low"}}""", "wrong_type")]
    [InlineData("""{"type":"image_url","image_url":{"url":"a.png","detail":1}}""", "wrong_type")]
    [InlineData("""{"type":"input_image","file_id":"f"}""", "wrong_type")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"x"}}""", "unsupported_content")]
    [InlineData("""{"type":"file","file":{"file_id":"x"}}""", "unsupported_content")]
    [InlineData("5", "unsupported_content")]
    public async Task Part_that_is_no_text_and_no_image_is_malformed(string part, string reason) =>
        Assert.Equal(reason, (await ReadMalformedAsync(Row(part))).Reason);

    [Theory]
    [InlineData("system")]
    [InlineData("assistant")]
    [InlineData("tool")]
    public async Task Image_in_a_turn_of_another_role_is_unsupported_content(string role)
    {
        var row = await ReadMalformedAsync(
            $$"""{"messages":[{"role":"user","content":"u"},{"role":"{{role}}","content":[{"type":"image_url","image_url":"a.png"}]},{"role":"assistant","content":"a"}]}"""
        );
        Assert.Equal(MalformedReasons.UnsupportedContent, row.Reason);
    }

    [Fact]
    public async Task Content_hash_depends_on_images_and_their_place()
    {
        var contents = new SampleContent(new PromptSpec());
        var first = await ReadSampleAsync(Row("""{"type":"image_url","image_url":"images/a.png"}"""));
        var second = await ReadSampleAsync(Row("""{"type":"image_url","image_url":"images/b.png"}"""));
        var third = await ReadSampleAsync(Row("""{"type":"image_url","image_url":{"url":"images/a.png","detail":"low"}}"""));
        Assert.Equal(3, new[] { first, second, third }.Select(contents.HashOf).Distinct().Count());
    }

    [Fact]
    public async Task Template_of_the_user_turn_replaces_its_text_and_keeps_its_images()
    {
        var sample = await ReadSampleAsync(Row("""{"type":"image_url","image_url":"images/a.png"}"""));
        var turn = Assert.Single(new PromptRenderer(new PromptSpec { User = "Look: {{ input }}" }).Render(sample));
        Assert.Equal("Look: What is it?", turn.Content);
        Assert.Equal([new TextPart("Look: What is it?"), new ImagePart("images/a.png")], turn.Parts);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":"a.png"}]}]""")]
    [InlineData("""[{"role":"user","content":"u"},{"role":"tool","content":"4"}]""")]
    public async Task Question_with_choices_takes_no_images_and_no_calls(string input)
    {
        var row = await ReadMalformedAsync(
            $$"""{"input":{{input}},"choices":["a","b"],"answer":0}""",
            Options(task: MultipleChoiceTask.Instance)
        );
        Assert.Equal(MalformedReasons.UnsupportedContent, row.Reason);
    }

    [Fact]
    public async Task Turns_survive_being_kept_as_json()
    {
        var turn = (await ReadSampleAsync(Row("""{"type":"image_url","image_url":{"url":"a.png","detail":"low"}}"""))).Messages[0];
        var read = JsonSerializer.Deserialize<ChatMessage>(JsonSerializer.Serialize(turn))!;
        Assert.Equal(turn.Parts, read.Parts);
    }

    private static string Row(string part) =>
        $$"""{"messages":[{"role":"user","content":[{"type":"text","text":"What "},{{part}},{"type":"text","text":"is it?"}]},{"role":"assistant","content":"a cat"}]}""";
}
