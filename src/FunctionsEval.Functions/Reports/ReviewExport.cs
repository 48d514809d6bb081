using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Reviews;

namespace FunctionsEval.Functions.Reports;

/// <summary>The grades that count, as a file.</summary>
internal static class ReviewExport
{
    /// <summary>A line each, as they are kept.</summary>
    public static byte[] ToJsonLines(IEnumerable<Review> reviews) =>
        Encoding.UTF8.GetBytes(string.Concat(reviews.Select(review => JsonSerializer.Serialize(review, ResultJson.Options) + "\n")));

    /// <summary>A table. A name that a spreadsheet would take for a formula is led by an apostrophe.</summary>
    public static async Task<byte[]> ToCsvAsync(IEnumerable<Review> reviews)
    {
        using var bytes = new MemoryStream();
        await using (var csv = new SpreadsheetCsv(new StreamWriter(bytes, new UTF8Encoding(false), leaveOpen: true)))
        {
            await csv.WriteRowAsync("time", "reviewer", "sample", "answer", "grade");
            foreach (var review in reviews)
            {
                await csv.WriteRowAsync(
                    review.Time.ToString("O", CultureInfo.InvariantCulture),
                    review.Reviewer,
                    review.Sample,
                    review.Role ?? "both",
                    JsonSerializer.Serialize(review.Grade!.Value, ResultJson.Options).Trim('"')
                );
            }
        }

        return bytes.ToArray();
    }
}
