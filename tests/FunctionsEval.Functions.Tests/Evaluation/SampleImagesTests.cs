using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Images beside a dataset become data URIs; what cannot be sent is told by its place, never by its name.</summary>
public sealed class SampleImagesTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    [Theory]
    [InlineData("images/x.png", "s/images/x.png")]
    [InlineData("./x.jpg", "s/x.jpg")]
    public async Task Image_is_read_relative_to_the_datasets_folder_and_typed_by_its_bytes(string url, string blob)
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Storage.Write($"datasets/{blob}", Png);

        using var loaded = await LoadAsync(harness, new ImagePart(url) { Detail = "high" });

        Assert.Null(loaded.Problem);
        Assert.Equal(
            [new TextPart("look"), new ImagePart($"data:image/png;base64,{Convert.ToBase64String(Png)}") { Detail = "high" }],
            loaded.Request.Messages[0].Parts
        );
    }

    [Theory]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("https://example.com/x.png")]
    public async Task Data_and_addresses_stay_as_they_are(string url)
    {
        await using var harness = await ShardHarness.StartAsync(1);

        using var loaded = await LoadAsync(harness, new ImagePart(url));

        Assert.Null(loaded.Problem);
        Assert.Equal(url, loaded.Request.Images.Single().Url);
    }

    [Theory]
    [InlineData("SECRET.png", "image 1 beside the dataset is not there")]
    [InlineData("../SECRET/x.png", "image 1 beside the dataset has a name that is none of a blob in the dataset's folder")]
    [InlineData("images\\SECRET.png", "image 1 beside the dataset has a name")]
    [InlineData("%2e%2e/SECRET.png", "image 1 beside the dataset has a name")]
    [InlineData("text.png", "image 1 beside the dataset is no PNG, JPEG, GIF or WebP")]
    [InlineData("large.png", "image 1 beside the dataset has 10,485,761 bytes, more than 10,485,760")]
    public async Task What_cannot_be_sent_is_told_without_its_name(string url, string problem)
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Storage.Write("datasets/s/text.png", "SECRET"u8.ToArray());
        harness.Storage.Write("datasets/s/large.png", [.. Png, .. new byte[ImageFiles.MaxImageBytes + 1 - Png.Length]]);

        using var loaded = await LoadAsync(harness, new ImagePart(url));

        Assert.StartsWith(problem, loaded.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", loaded.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_of_a_row_are_bounded_together()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        foreach (var name in new[] { "a", "b", "c" })
        {
            harness.Storage.Write($"datasets/s/{name}.png", [.. Png, .. new byte[8 * 1024 * 1024]]);
        }

        using var loaded = await LoadAsync(harness, new ImagePart("a.png"), new ImagePart("b.png"), new ImagePart("c.png"));
        using var many = await LoadAsync(
            harness,
            [.. Enumerable.Range(0, ImageFiles.MaxImages + 1).Select(number => new ImagePart($"{number}.png"))]
        );

        Assert.StartsWith("the images of the row have ", loaded.Problem, StringComparison.Ordinal);
        Assert.StartsWith("there are more than 64 images ", many.Problem, StringComparison.Ordinal);
    }

    /// <summary>A row of a few kilobytes may name an image thousands of times, and each time it is sent.</summary>
    [Fact]
    public async Task Image_counts_as_often_as_a_row_names_it()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Storage.Write("datasets/s/a.png", [.. Png, .. new byte[8 * 1024 * 1024]]);
        harness.Storage.Write("datasets/s/b.png", Png);

        using var heavy = await LoadAsync(harness, [.. Enumerable.Repeat(new ImagePart("a.png"), 3)]);
        using var many = await LoadAsync(harness, [.. Enumerable.Repeat(new ImagePart("b.png"), ImageFiles.MaxImages + 1)]);
        using var usual = await LoadAsync(harness, [.. Enumerable.Repeat(new ImagePart("b.png"), ImageFiles.MaxImages)]);

        Assert.StartsWith("the images of the row have ", heavy.Problem, StringComparison.Ordinal);
        Assert.StartsWith("there are more than 64 images ", many.Problem, StringComparison.Ordinal);
        Assert.Null(usual.Problem);
    }

    [Fact]
    public async Task Images_of_all_samples_wait_for_room()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Storage.Write("datasets/s/a.png", [.. Png, .. new byte[(8 * 1024 * 1024) - Png.Length]]);
        List<RequestWithImages> loaded = [];
        for (var sample = 0; sample < ImageBudget.MaxBytes / (8 * 1024 * 1024); sample++)
        {
            loaded.Add(await LoadAsync(harness, new ImagePart("a.png")));
        }

        var waiting = LoadAsync(harness, new ImagePart("a.png"));
        Assert.False(waiting.IsCompleted);
        loaded[0].Dispose();

        using var last = await waiting;
        Assert.Null(last.Problem);
        loaded.ForEach(one => one.Dispose());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }, "image/jpeg")]
    [InlineData(new byte[] { 0x47, 0x49, 0x46, 0x38, 0x39, 0x61 }, "image/gif")]
    [InlineData(new byte[] { 0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x45, 0x42, 0x50 }, "image/webp")]
    [InlineData(new byte[] { 0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x41, 0x56, 0x45 }, null)]
    [InlineData(new byte[] { 0x3C, 0x73, 0x76, 0x67 }, null)]
    [InlineData(new byte[0], null)]
    public void Type_is_told_by_the_first_bytes(byte[] image, string? type) => Assert.Equal(type, ImageFiles.FindType(image));

    private static Task<RequestWithImages> LoadAsync(ShardHarness harness, params ImagePart[] images) =>
        new SampleImages(harness.Get<DatasetStore>(), harness.Get<ImageBudget>(), "s/test.jsonl").LoadAsync(
            new ModelRequest { Messages = [new ChatMessage("user", "look") { Parts = [new TextPart("look"), .. images] }] },
            TestContext.Current.CancellationToken
        );
}
