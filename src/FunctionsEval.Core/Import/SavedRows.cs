using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FunctionsEval.Core.Import;

/// <summary>
/// The rows that were saved with a run: in its <c>source.file_content</c>, or in its output items, as the API returns or the dashboard
/// exports them. An output item's row has the recorded answer as <c>sample.output_text</c>, as OpenAI Evals writes it.
/// </summary>
internal static class SavedRows
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads the rows, each with its <c>item</c>.</summary>
    /// <param name="run">The run; without members when there is none.</param>
    /// <param name="outputItems">Its output items; null when there are none.</param>
    /// <param name="findings">Where notes and problems go.</param>
    public static IReadOnlyList<SavedObject> Read(SavedObject run, SavedObjects? outputItems, ImportFindings findings)
    {
        var source = run.Object("data_source").Object("source");
        var content = source.List("content");
        if (outputItems is not null)
        {
            return ReadOutputItems(run, outputItems, findings);
        }

        if (content.Count > 0)
        {
            findings.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"source.file_content: the run holds the rows ({content.Count}); they are the dataset."
                )
            );
            return [.. content.Select((row, index) => ReadRow(row, index, findings)).OfType<SavedObject>()];
        }

        switch (source.Text("type"))
        {
            case "file_id":
                findings.Note(
                    $"source.file_id: the rows are in the file {source.Text("id")}, and not in the run. "
                        + $"Save it (GET /v1/files/{source.Text("id")}/content), or the run's output items (--output-items)."
                );
                break;
            case { } type and not "file_content":
                findings.Note(
                    $"source.{type}: the rows were looked up among logged answers, and are not in the run. "
                        + "Save the run's output items (--output-items)."
                );
                break;
        }

        return [];
    }

    /// <summary>A row as a line of a dataset.</summary>
    public static string ToLine(SavedObject row) => JsonSerializer.Serialize(row.Element, OneLine);

    private static SavedObject? ReadRow(JsonElement row, int index, ImportFindings findings)
    {
        if (SavedObject.From(row) is not { } found)
        {
            findings.Refuse(string.Create(CultureInfo.InvariantCulture, $"source.content[{index}] is not an object"));
            return null;
        }

        return found.Find("item") is { ValueKind: JsonValueKind.Object }
            ? found
            : new SavedObject(JsonSerializer.SerializeToElement(Wrap(row)));
    }

    private static List<SavedObject> ReadOutputItems(SavedObject run, SavedObjects outputItems, ImportFindings findings)
    {
        var runId = run.Text("id");
        var items = outputItems.Items.Where(item => runId is null || item.Text("run_id") is not { } of || of == runId).ToList();
        if (items.Count < outputItems.Items.Count)
        {
            findings.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"output items: {outputItems.Items.Count - items.Count} of another run are left out."
                )
            );
        }

        if (outputItems.HasMore)
        {
            findings.Note(
                "output items: the API had more pages (has_more) than were saved; their rows are missing. "
                    + "Save them too (after=…), one page after the other in the same file."
            );
        }

        List<SavedObject> rows = [];
        foreach (var item in items.OrderBy(item => item.Number("datasource_item_id") ?? item.Number("data_source_idx") ?? 0))
        {
            if ((item.Find("datasource_item") ?? item.Find("item")) is not { ValueKind: JsonValueKind.Object } row)
            {
                findings.Refuse(
                    $"output item {item.Text("id") ?? "without id"}: "
                        + "has no datasource_item; save what GET …/output_items returns, or the dashboard's export of them"
                );
                return [];
            }

            var output = AnswerOf(item.Object("sample"));
            var line = Wrap(new SavedObject(row).Find("item") is { ValueKind: JsonValueKind.Object } inner ? inner : row);
            if (output is not null)
            {
                line["sample"] = new JsonObject { ["output_text"] = output };
            }
            else
            {
                (line["outcome"], line["reason"]) = ("rejected", "openai_evals: the output item has no answer");
            }

            rows.Add(new SavedObject(JsonSerializer.SerializeToElement(line)));
        }

        findings.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"output items: their {rows.Count} rows are the dataset; the recorded answers are in sample.output_text, "
                    + $"and `score` measures them."
            )
        );
        return rows;
    }

    /// <summary>
    /// The answer: of an output item of the API <c>sample.output</c>, of one that the dashboard exported <c>sample.outputs</c>.
    /// </summary>
    private static string? AnswerOf(SavedObject sample) =>
        sample
            .List("output")
            .Concat(sample.List("outputs"))
            .Select(SavedObject.From)
            .LastOrDefault(turn => turn?.Text("content") is not null)
            ?.Text("content")
        ?? sample.Text("output_text");

    private static JsonObject Wrap(JsonElement item) => new() { ["item"] = JsonObject.Create(item) };
}
