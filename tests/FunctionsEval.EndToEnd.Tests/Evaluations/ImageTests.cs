using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>Rows with images, from the dataset to the table: the model reads the width in the bytes that it is sent.</summary>
public sealed class ImageTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const int Rows = 24;
    private const string DataUri = "data:image/png;base64,";

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Images_beside_the_dataset_and_in_the_row_reach_the_model()
    {
        _app.Endpoint.Answer = Answer;
        var container = _app.Blobs.GetBlobContainerClient("datasets");
        foreach (var number in Enumerable.Range(0, Rows).Where(IsBlob))
        {
            await container.UploadBlobAsync($"widths/{NameOf(number)}", BinaryData.FromBytes(Png(WidthOf(number))));
        }

        var run = await _app.EvaluateAsync(
            "widths/test.jsonl",
            """{"task":"generation","model":"recorded","metrics":["exact_match"],"limits":{"maxMalformedShare":0.5}}""",
            [.. Enumerable.Range(0, Rows).Select(Row), Row("How wide is the missing image?", "images/missing.png", width: 1)]
        );

        Assert.Equal(("Completed", (long)Rows), (run.GetString("Status"), run.GetInt64("CandidateScored")));
        Assert.Equal(1.0, (await _app.MetricAsync(run.PartitionKey, "candidate|exact_match|all")).GetDouble("Value"));
        Assert.Equal(1L, run.GetInt64("CandidateMalformedSample"));
        var samples = await _app.SamplesAsync(run.PartitionKey);
        Assert.Contains("unusable_image", samples, StringComparison.Ordinal);
        Assert.DoesNotContain("missing.png", samples, StringComparison.Ordinal);
        Assert.DoesNotContain("base64", samples, StringComparison.Ordinal);
    }

    private static bool IsBlob(int number) => number % 2 == 0;

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"images/{number}.png");

    private static int WidthOf(int number) => 100 + (7 * number);

    private static string Row(int number) =>
        Row(
            string.Create(CultureInfo.InvariantCulture, $"How wide is image {number}?"),
            IsBlob(number) ? NameOf(number) : DataUri + Convert.ToBase64String(Png(WidthOf(number))),
            WidthOf(number)
        );

    private static string Row(string question, string url, int width) =>
        new JsonObject
        {
            ["messages"] = new JsonArray(
                new JsonObject
                {
                    ["role"] = "user",
                    ["content"] = new JsonArray(
                        new JsonObject { ["type"] = "text", ["text"] = question },
                        new JsonObject
                        {
                            ["type"] = "image_url",
                            ["image_url"] = new JsonObject { ["url"] = url },
                        }
                    ),
                },
                new JsonObject { ["role"] = "assistant", ["content"] = width.ToString(CultureInfo.InvariantCulture) }
            ),
        }.ToJsonString();

    /// <summary>The beginning of a PNG file: its signature, and the chunk that says how wide it is.</summary>
    private static byte[] Png(int width)
    {
        byte[] png = [0x89, .. "PNG\r\n"u8, 0x1a, .. "\n"u8, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        return png;
    }

    private static (int Status, string Text) Answer(string prompt)
    {
        var png = Convert.FromBase64String(prompt[(prompt.IndexOf(DataUri, StringComparison.Ordinal) + DataUri.Length)..]);
        return (200, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ToString(CultureInfo.InvariantCulture));
    }
}
