using System.Text;
using System.Text.Json;
using FunctionsEval.Functions.Triggers.Http;

namespace FunctionsEval.Functions.Tests.Triggers.Http;

/// <summary>A body is read as its author means it, or refused with the place.</summary>
public sealed class RequestJsonTests
{
    [Theory]
    [InlineData("{\n \"name\": \"a\",\n \"name\": \"b\" }", "line 3, column 2: 'name' is there twice in one object")]
    [InlineData("{\n \"name\": \"a\", \"Name\": \"b\" }", "line 2, path $.Name")]
    [InlineData("{ \"spec\": { \"model\": \"a\",\n\"model\": \"b\" } }", "line 2, column 1: 'model' is there twice in one object")]
    [InlineData("{ \"name\":\n\"\\ud800\" }", "line 2, column 1: a text or name escapes half a surrogate pair")]
    [InlineData("{ \"spec\": {\n\"\\udc00\": 1 } }", "line 2, column 1: a text or name escapes half a surrogate pair")]
    [InlineData("{ \"nome\": \"a\" }", "line 1, path $.nome")]
    [InlineData("{ \"name\":\n5 }", "line 2, path $.name")]
    [InlineData("{", "line 1, byte 2")]
    [InlineData("", "line 1, byte 1")]
    [InlineData("null", "it is null")]
    public void What_could_be_misread_is_refused_with_its_place(string body, string expected)
    {
        Assert.StartsWith(expected, RequestJson.Read<Body>(Encoding.UTF8.GetBytes(body), RequestJson.HandWritten, out var read));
        Assert.Null(read);
    }

    [Fact]
    public void Bytes_that_are_no_characters_are_refused_with_their_place() =>
        Assert.Equal(
            "line 1, column 10: the bytes are not UTF-8",
            RequestJson.Read<Body>("{\"name\":\""u8.ToArray().Append((byte)0xff).ToArray(), RequestJson.Options, out _)
        );

    [Fact]
    public void Comments_commas_and_a_byte_order_mark_are_skipped_in_what_is_written_by_hand()
    {
        byte[] body = [.. Encoding.UTF8.Preamble, .. "{ \"name\": \"a\", /* the spec */ \"spec\": { \"A\": 1, \"a\": 2 }, }"u8];

        Assert.Null(RequestJson.Read<Body>(body, RequestJson.HandWritten, out var read));

        Assert.Equal(("a", 2), (read!.Name, read.Spec.GetPropertyCount()));
    }

    private sealed record Body(string? Name, JsonElement Spec);
}
