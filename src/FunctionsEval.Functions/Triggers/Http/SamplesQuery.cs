using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>Which samples are asked for, and in which form.</summary>
/// <param name="Filter">Which samples.</param>
/// <param name="Size">Samples of a page.</param>
/// <param name="Offset">Where the page begins, in bytes of <c>samples.jsonl</c>.</param>
/// <param name="Format"><see cref="Page"/>, or the form of a file.</param>
internal sealed record SamplesQuery(SampleFilter Filter, int Size, long Offset, string Format)
{
    public const string Page = "json";
    public const string JsonLines = "jsonl";
    public const string Csv = "csv";

    private const string Parquet = "parquet";
    private const int MaxSize = 500;

    private static readonly SamplesQuery Default = new(new SampleFilter(null, null, null, null), Size: 50, Offset: 0, Page);

    /// <summary>Reads a query.</summary>
    /// <returns>The first field that has no such value, and what it takes; null for none.</returns>
    public static string? Read(IQueryCollection fields, out SamplesQuery query)
    {
        query = Default with { Filter = new SampleFilter(null, fields["label"], fields["prediction"], null) };
        return ReadPlace(fields, ref query) ?? ReadFilter(fields, ref query) ?? ReadFormat(fields, ref query);
    }

    private static string? ReadPlace(IQueryCollection fields, ref SamplesQuery query)
    {
        if (fields.TryGetValue("size", out var askedSize))
        {
            if (!int.TryParse(askedSize, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > MaxSize)
            {
                return $"size: must be 1 to {MaxSize}.";
            }

            query = query with { Size = size };
        }

        if (fields.TryGetValue("offset", out var askedOffset))
        {
            if (!long.TryParse(askedOffset, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                return "offset: pass the previous page's value of next.";
            }

            query = query with { Offset = offset };
        }

        return null;
    }

    private static string? ReadFilter(IQueryCollection fields, ref SamplesQuery query)
    {
        if (fields.TryGetValue("outcome", out var askedOutcome))
        {
            if (!OutcomeNames.All.TryGetValue(askedOutcome.ToString(), out var outcome))
            {
                return $"outcome: must be one of {string.Join(", ", OutcomeNames.All.Keys)}.";
            }

            query = query with { Filter = query.Filter with { Outcome = outcome } };
        }

        if (fields.TryGetValue("flip", out var askedFlip))
        {
            if (askedFlip.ToString() is not ("gained" or "lost") and var unknown)
            {
                return $"flip: must be gained (only the candidate is right) or lost (only the baseline is), not '{unknown}'.";
            }

            query = query with { Filter = query.Filter with { Flip = askedFlip == "gained" ? Flip.Gained : Flip.Lost } };
        }

        return null;
    }

    private static string? ReadFormat(IQueryCollection fields, ref SamplesQuery query)
    {
        if (!fields.TryGetValue("format", out var format))
        {
            return null;
        }

        query = query with { Format = format.ToString() };
        return query.Format is Page or JsonLines or Csv or Parquet ? null : $"format: must be {Page}, {JsonLines}, {Csv} or {Parquet}.";
    }
}
