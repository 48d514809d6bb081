using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports;

public sealed class SamplePageWriterTests
{
    private static readonly SampleFilter Everything = new(null, null, null, null);

    [Fact]
    public async Task Pages_of_large_samples_are_bounded_in_bytes_and_together_have_every_sample_once()
    {
        var file = File(Enumerable.Range(0, 40).Select(number => Sample(number, new string('x', 1 << 20))));
        var (ids, offset, pages) = (new List<string>(), (long?)0, 0);
        while (offset is { } from)
        {
            var output = new MemoryStream();
            offset = (long?)(await ReadAsync(file, from, Everything, size: 500, output))["next"];
            Assert.True(output.Length <= SamplePageWriter.MaxBytes + 1000, $"{output.Length} bytes");
            ids.AddRange(JsonNode.Parse(output.ToArray())!["samples"]!.AsArray().Select(sample => (string)sample!["id"]!));
            pages++;
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"s{number}"), ids);
        Assert.Equal(6, pages); // Seven samples of a MiB and their members are under 8 MiB.
    }

    [Fact]
    public async Task Sample_that_alone_is_larger_is_a_page_of_its_own()
    {
        var file = File([Sample(0, "small"), Sample(1, new string('x', SamplePageWriter.MaxBytes)), Sample(2, "small")]);
        var first = await ReadAsync(file, 0, Everything, 500);
        var second = await ReadAsync(file, (long)first["next"]!, Everything, 500);
        var third = await ReadAsync(file, (long)second["next"]!, Everything, 500);
        Assert.Equal(
            ["s0", "s1", "s2"],
            new[] { first, second, third }.Select(page => (string)Assert.Single(page["samples"]!.AsArray())!["id"]!)
        );
        Assert.Null(third["next"]);
    }

    [Fact]
    public async Task Page_ends_at_its_size_and_holds_what_the_filter_lets_through()
    {
        var file = File(
            Enumerable.Range(0, 10).Select(number => Sample(number, "é", number % 2 == 0 ? Outcome.Scored : Outcome.Unparsable))
        );
        var filter = Everything with { Outcome = Outcome.Unparsable };
        var page = await ReadAsync(file, 0, filter, 2);
        Assert.Equal(["s1", "s3"], page["samples"]!.AsArray().Select(sample => (string)sample!["id"]!));
        page = await ReadAsync(file, (long)page["next"]!, filter, 5);
        Assert.Equal(["s5", "s7", "s9"], page["samples"]!.AsArray().Select(sample => (string)sample!["id"]!));
        Assert.False(page.ContainsKey("next"));
    }

    [Fact]
    public async Task Offset_within_a_sample_is_none_and_the_end_is_an_empty_page()
    {
        var file = File([Sample(0, "text")]);
        Assert.Null(await SampleLines.TryReadAsync(new MemoryStream(file, 3, file.Length - 3), TestContext.Current.CancellationToken));
        Assert.Empty((await ReadAsync(file, file.Length, Everything, 5))["samples"]!.AsArray());
    }

    private static SampleResult Sample(int number, string text, Outcome outcome = Outcome.Scored) =>
        new()
        {
            Id = $"s{number}",
            Line = number + 1,
            Offset = number * 10,
            References = ["yes"],
            Candidate = new AnswerResult
            {
                Outcome = outcome,
                Text = text,
                FinishReason = "stop",
                InputTokens = 1,
                OutputTokens = 1,
            },
        };

    private static byte[] File(IEnumerable<SampleResult> samples) =>
        [.. samples.SelectMany(sample => (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(sample, RunJson.Options), (byte)'\n'])];

    private static async Task<JsonObject> ReadAsync(byte[] file, long offset, SampleFilter filter, int size, MemoryStream? output = null)
    {
        output ??= new MemoryStream();
        var lines = await SampleLines.TryReadAsync(
            new MemoryStream(file, (int)offset, file.Length - (int)offset),
            TestContext.Current.CancellationToken
        );
        await new SamplePageWriter("ev-1", filter, size).WriteAsync(lines!, offset, output, TestContext.Current.CancellationToken);
        return JsonNode.Parse(Encoding.UTF8.GetString(output.ToArray()))!.AsObject();
    }
}
