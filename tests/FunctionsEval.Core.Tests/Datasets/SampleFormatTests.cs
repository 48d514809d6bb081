using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Specs;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>The suites in samples/formats are read with their own specs.</summary>
public sealed class SampleFormatTests
{
    private const int Rows = 12;

    public static TheoryData<string> Suites =>
        [.. Directory.EnumerateDirectories(Folder).Select(Path.GetFileName).OfType<string>().Order()];

    private static string Folder { get; } = Repository.PathOf("samples", "formats");

    [Theory, MemberData(nameof(Suites))]
    public async Task Suite_has_only_samples(string suite)
    {
        var samples = await ReadSuiteAsync(suite);
        Assert.Equal(Rows, samples.Count);
        Assert.Equal(Rows, samples.Select(sample => sample.Id).Distinct().Count());
        Assert.Equal(suite == "without-reference", samples.TrueForAll(sample => sample.References.Count == 0));
        Assert.Contains($"`formats/{suite}`", Repository.Read("samples", "README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_lie_beside_the_rows_that_name_them()
    {
        var images = (await ReadSuiteAsync("vision"))
            .SelectMany(sample => sample.Messages)
            .SelectMany(turn => turn.Parts)
            .OfType<ImagePart>()
            .ToList();
        Assert.Equal(Rows, images.Count);
        Assert.All(
            images.Where(image => ImageUrls.IsBlobName(image.Url)),
            image =>
                Assert.StartsWith(
                    "\u0089PNG",
                    Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Folder, "vision", image.Url))),
                    StringComparison.Ordinal
                )
        );
    }

    private static async Task<List<Sample>> ReadSuiteAsync(string suite)
    {
        var spec = SpecReader.Read(await File.ReadAllTextAsync(Path.Combine(Folder, suite, "evaluation.json")), "evaluation.json");
        Assert.Equal(suite, spec.Name);
        var rows = await ReadAsync(
            await File.ReadAllBytesAsync(Path.Combine(Folder, suite, "test.jsonl")),
            spec.ReadOptions(JsonlFormat.Instance)
        );
        return [.. rows.Select(row => row is MalformedRow bad ? throw new InvalidDataException(bad.Message) : ((ValidRow)row).Sample)];
    }
}
