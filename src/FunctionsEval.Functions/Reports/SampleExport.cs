using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using Parquet;
using Parquet.Schema;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// Samples of a run as a whole file: <c>samples.jsonl</c>'s own lines, or a table with a column for each field of both answers.
/// </summary>
internal static class SampleExport
{
    private const int RowGroupSize = 10_000;

    /// <summary>
    /// Maximum number of characters of the lines of a row group, which is held until it is written. A longer line is its own group.
    /// </summary>
    private const int RowGroupCharacters = 32 << 20;

    private static readonly Column[] Columns =
    [
        Text("id", sample => sample.Id),
        Number("line", sample => sample.Line),
        Text("input", sample => sample.Input),
        Text("references", sample => Json(sample.References)),
        Text("tags", sample => sample.Tags is null ? null : Json(sample.Tags)),
        Number("repeat", sample => sample.Repeat),
        Number("turn", sample => sample.Turn),
        Text("leak", sample => sample.Leak is null ? null : Json(sample.Leak).Trim('"')),
        Text(
            "flip",
            sample =>
                FlipOf(sample) switch
                {
                    Flip.Gained => "gained",
                    Flip.Lost => "lost",
                    _ => null,
                }
        ),
        .. AnswerColumns(Roles.Candidate, sample => sample.Candidate),
        .. AnswerColumns(Roles.Baseline, sample => sample.Baseline),
    ];

    /// <summary>Writes the lines of <c>samples.jsonl</c> that match.</summary>
    public static async Task WriteJsonLinesAsync(Stream samples, SampleFilter filter, Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, leaveOpen: true) { NewLine = "\n" };
        await foreach (var line in ReadAsync(samples, filter, cancellationToken))
        {
            await writer.WriteLineAsync(line.Text.AsMemory(), cancellationToken);
        }
    }

    /// <summary>
    /// Writes the samples that match as CSV (RFC 4180). A text that a spreadsheet would take for a formula is led by an apostrophe.
    /// </summary>
    public static async Task WriteCsvAsync(Stream samples, SampleFilter filter, Stream output, CancellationToken cancellationToken)
    {
        await using var csv = new SpreadsheetCsv(
            new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true)
        );
        await csv.WriteRowAsync(Columns.Select(column => column.Field.Name));
        await foreach (var (_, sample) in ReadAsync(samples, filter, cancellationToken))
        {
            await csv.WriteRowAsync(Columns.Select(column => column.ValueOf(sample)));
        }
    }

    /// <summary>Writes the samples that match as Parquet, in row groups of at most 10,000 and 32 Mi characters.</summary>
    public static async Task WriteParquetAsync(Stream samples, SampleFilter filter, Stream output, CancellationToken cancellationToken)
    {
        var fields = Array.ConvertAll(Columns, column => column.Field);
        await using var parquet = await ParquetWriter.CreateAsync(new ParquetSchema(fields), output, cancellationToken: cancellationToken);
        var rows = new List<SampleResult>();
        var characters = 0L;
        await foreach (var (line, sample) in ReadAsync(samples, filter, cancellationToken))
        {
            if (characters + line.Length > RowGroupCharacters)
            {
                await WriteRowsAsync();
            }

            rows.Add(sample);
            characters += line.Length;
            if (rows.Count == RowGroupSize)
            {
                await WriteRowsAsync();
            }
        }

        await WriteRowsAsync();

        async Task WriteRowsAsync()
        {
            if (rows.Count == 0)
            {
                return;
            }

            using var group = parquet.CreateRowGroup();
            foreach (var column in Columns)
            {
                await column.WriteAsync(group, column.Field, rows, cancellationToken);
            }

            group.CompleteValidate();
            rows.Clear();
            characters = 0;
        }
    }

    private static IAsyncEnumerable<SampleLine> ReadAsync(Stream samples, SampleFilter filter, CancellationToken cancellationToken) =>
        SampleLines
            .ReadAsync(samples, cancellationToken)
            .Select((line, position) => line with { Sample = line.Sample with { Correct = filter.Marks?.Invoke(position) } })
            .Where((line, position) => filter.MatchesAt(position, line.Sample));

    /// <summary>Who alone is right, by the metric that says so where there is one, as the filter has it.</summary>
    private static Flip? FlipOf(SampleResult sample) =>
        sample.Correct is not { Candidate: { } candidate, Baseline: { } baseline } ? sample.FindFlip()
        : candidate == baseline ? null
        : candidate ? Flip.Gained
        : Flip.Lost;

    private static Column[] AnswerColumns(string role, Func<SampleResult, AnswerResult?> answer) =>
        [
            Text($"{role}_outcome", sample => answer(sample) is { } of ? OutcomeNames.NameOf(of.Outcome) : null),
            Text($"{role}_reason", sample => answer(sample)?.Reason),
            Text($"{role}_text", sample => answer(sample)?.Text),
            Text($"{role}_prediction", sample => answer(sample)?.Prediction),
            Text($"{role}_finish_reason", sample => answer(sample)?.FinishReason),
            Number($"{role}_input_tokens", sample => answer(sample)?.InputTokens),
            Number($"{role}_output_tokens", sample => answer(sample)?.OutputTokens),
            Real($"{role}_log_probability", sample => answer(sample)?.LogProbability),
            Text($"{role}_model", sample => answer(sample)?.Model),
            Text($"{role}_system_fingerprint", sample => answer(sample)?.SystemFingerprint),
            Text($"{role}_route", sample => answer(sample)?.Route),
            Text($"{role}_other_deployment", sample => answer(sample)?.OtherDeployment),
            Real($"{role}_time_to_first_token_ms", sample => answer(sample)?.TimeToFirstTokenMs),
            Real($"{role}_tokens_per_second", sample => answer(sample)?.TokensPerSecond),
            Text($"{role}_reasoning", sample => answer(sample)?.Reasoning),
            Number($"{role}_reasoning_tokens", sample => answer(sample)?.ReasoningTokens),
            Number($"{role}_cached_input_tokens", sample => answer(sample)?.CachedInputTokens),
            Text($"{role}_tool_calls", sample => answer(sample)?.ToolCalls is { Count: > 0 } calls ? Json(calls) : null),
        ];

    private static Column Text(string name, Func<SampleResult, string?> value) =>
        new(
            new DataField<string>(name, nullable: true),
            value,
            (group, field, rows, _) => group.WriteAsync(field, rows.ConvertAll(sample => value(sample)!))
        );

    private static Column Number(string name, Func<SampleResult, long?> value) =>
        new(
            new DataField<long>(name, nullable: true),
            sample => value(sample)?.ToString(CultureInfo.InvariantCulture),
            (group, field, rows, cancellationToken) =>
                group.WriteAsync<long>(field, rows.Select(value).ToArray(), cancellationToken: cancellationToken)
        );

    private static Column Real(string name, Func<SampleResult, double?> value) =>
        new(
            new DataField<double>(name, nullable: true),
            sample => value(sample)?.ToString("R", CultureInfo.InvariantCulture),
            (group, field, rows, cancellationToken) =>
                group.WriteAsync<double>(field, rows.Select(value).ToArray(), cancellationToken: cancellationToken)
        );

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, ResultJson.Options);

    private sealed record Column(
        DataField Field,
        Func<SampleResult, string?> ValueOf,
        Func<ParquetRowGroupWriter, DataField, List<SampleResult>, CancellationToken, Task> WriteAsync
    );
}
