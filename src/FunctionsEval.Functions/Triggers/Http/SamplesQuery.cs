using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>Which samples are asked for, and in which form.</summary>
/// <param name="Filter">Which samples.</param>
/// <param name="Order">In which order.</param>
/// <param name="Size">Samples of a page.</param>
/// <param name="Offset">How many samples come before the page.</param>
/// <param name="Format"><see cref="Page"/>, or the form of a file.</param>
internal sealed record SamplesQuery(SampleFilter Filter, SampleOrder Order, int Size, int Offset, string Format)
{
    public const string Page = "json";
    public const string JsonLines = "jsonl";
    public const string Csv = "csv";

    private const string Parquet = "parquet";
    private const int MaxSize = 500;
    private const int MaxTags = 20;

    /// <summary>Maximum number of characters of a text that is searched for.</summary>
    private const int MaxTextLength = 1_000;

    private static readonly SamplesQuery Default = new(SampleFilter.All, SampleOrder.Dataset, Size: 50, Offset: 0, Page);

    private static readonly Dictionary<string, SampleSort> Sorts = new(StringComparer.Ordinal)
    {
        ["line"] = SampleSort.Line,
        ["score"] = SampleSort.Score,
        ["baselineScore"] = SampleSort.BaselineScore,
        ["difference"] = SampleSort.Difference,
        ["length"] = SampleSort.Length,
    };

    /// <summary>Reads a query.</summary>
    /// <returns>The first field that has no such value, and what it takes; null for none.</returns>
    public static string? Read(IQueryCollection fields, out SamplesQuery query)
    {
        query = Default with
        {
            Filter = new SampleFilter(null, fields["label"], fields["prediction"], null)
            {
                BaselinePrediction = fields["baselinePrediction"],
                FinishReason = fields["finishReason"],
            },
        };
        return ReadPlace(fields, ref query)
            ?? ReadFilter(fields, ref query)
            ?? ReadMarks(fields, ref query)
            ?? ReadTexts(fields, ref query)
            ?? ReadOrder(fields, ref query)
            ?? ReadFormat(fields, ref query);
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
            if (!int.TryParse(askedOffset, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
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

        if (fields.TryGetValue("role", out var askedRole))
        {
            if (askedRole.ToString() is not (Roles.Candidate or Roles.Baseline))
            {
                return $"role: must be {Roles.Candidate} or {Roles.Baseline}; it says whose outcome and finishReason are meant.";
            }

            query = query with { Filter = query.Filter with { Role = askedRole.ToString() } };
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

    private static string? ReadMarks(IQueryCollection fields, ref SamplesQuery query)
    {
        if (!TryReadFlag(fields, "correct", out var correct))
        {
            return "correct: must be true (the candidate is right) or false.";
        }

        if (!TryReadFlag(fields, "baselineCorrect", out var baselineCorrect))
        {
            return "baselineCorrect: must be true (the baseline is right) or false.";
        }

        query = query with { Filter = query.Filter with { Correct = correct, BaselineCorrect = baselineCorrect } };
        return null;
    }

    private static bool TryReadFlag(IQueryCollection fields, string name, out bool? flag)
    {
        flag = fields[name].ToString() switch
        {
            "true" => true,
            "false" => false,
            _ => null,
        };
        return flag is not null || !fields.ContainsKey(name);
    }

    private static string? ReadTexts(IQueryCollection fields, ref SamplesQuery query)
    {
        if (fields["text"].ToString() is { Length: > 0 } text)
        {
            if (text.Length > MaxTextLength)
            {
                return $"text: must have at most {MaxTextLength} characters.";
            }

            query = query with { Filter = query.Filter with { Text = text } };
        }

        var tags = new List<KeyValuePair<string, string>>();
        foreach (var tag in fields["tag"])
        {
            if (tag?.IndexOf('=', StringComparison.Ordinal) is not { } equals || equals <= 0)
            {
                return "tag: must be NAME=VALUE, for example tag=lang=de; pass it once for each tag.";
            }

            tags.Add(KeyValuePair.Create(tag[..equals], tag[(equals + 1)..]));
        }

        query = query with { Filter = query.Filter with { Tags = tags } };
        return tags.Count > MaxTags ? $"tag: must be given at most {MaxTags} times." : null;
    }

    private static string? ReadOrder(IQueryCollection fields, ref SamplesQuery query)
    {
        var (sort, isDescending) = (SampleSort.Line, (bool?)null);
        if (fields.TryGetValue("sort", out var askedSort) && !Sorts.TryGetValue(askedSort.ToString(), out sort))
        {
            return $"sort: must be one of {string.Join(", ", Sorts.Keys)}.";
        }

        if (fields.TryGetValue("order", out var askedOrder))
        {
            if (askedOrder.ToString() is not ("asc" or "desc"))
            {
                return "order: must be asc (smallest first) or desc.";
            }

            isDescending = askedOrder == "desc";
        }

        query = query with { Order = new SampleOrder(sort, isDescending, fields["metric"]) };
        return null;
    }

    private static string? ReadFormat(IQueryCollection fields, ref SamplesQuery query)
    {
        if (!fields.TryGetValue("format", out var format))
        {
            return null;
        }

        query = query with { Format = format.ToString() };
        return query.Format is not (Page or JsonLines or Csv or Parquet) ? $"format: must be {Page}, {JsonLines}, {Csv} or {Parquet}."
            : query.Format != Page && query.Order != SampleOrder.Dataset
                ? "sort: a file is in dataset order. Leave sort, order and metric out."
            : null;
    }
}
