using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>A dataset of a leg, and what its runs may cost.</summary>
internal sealed class WalkDataset(int seed, int number)
{
    /// <summary>In every row: text to look for where it must not be.</summary>
    public const string Canary = "canary-3f7b";

    private readonly ConcurrentDictionary<string, int> _rowsOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _owed = new(StringComparer.Ordinal);
    private int _version;

    public string Name { get; } = $"walk{seed}-{number}/test.jsonl";

    public bool HasBaseline { get; } = number == WalkLeg.Datasets - 1;

    public int Roles => HasBaseline ? 2 : 1;

    /// <summary>Rows of the version that is there.</summary>
    public int Rows { get; private set; }

    /// <summary>The ETag of the version that is there.</summary>
    public string ETag { get; private set; } = "";

    /// <summary>Whether there must be a run: a start was accepted, and no run was deleted since.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Whether it was replaced: a run of a version that is gone may fail.</summary>
    public bool WasReplaced => _rowsOf.Count > 1;

    /// <summary>Answers that its runs may be paid, those that are forgotten among them.</summary>
    public int Owed => _owed.Values.Sum();

    public string Spec =>
        $$"""
            { "task": "classification", "model": "recorded", {{(
                HasBaseline ? "\"baseline\": \"recorded-base\"," : ""
            )}} "labels": ["even", "odd"], "metrics": ["accuracy", "f1"],
              "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] } }
            """;

    /// <summary>Uploads other rows, or the same ones again.</summary>
    public async Task UploadAsync(EvaluationApp app, int? newRows)
    {
        if (newRows is { } rows)
        {
            (Rows, _version) = (rows, _version + 1);
        }

        ETag = await app.DropAsync(Name, Spec, Enumerable.Range(0, Rows).Select(Row));
        _rowsOf[ETag] = Rows;
    }

    public int RowsOf(TableEntity run) => _rowsOf[run.GetString("DatasetETag")];

    /// <summary>Remembers what a run may be paid, once for each time its answers were deleted and once before.</summary>
    public void Owe(TableEntity run, int deletions = 0)
    {
        _owed.TryAdd(run.PartitionKey, RowsOf(run) * Roles);
        _owed[run.PartitionKey] += deletions * RowsOf(run) * Roles;
    }

    private string Row(int number) =>
        JsonSerializer.Serialize(
            new
            {
                id = string.Create(CultureInfo.InvariantCulture, $"n{number}"),
                input = $"{Canary} {Name} {_version} {number}",
                expected = number % 2 == 0 ? "even" : "odd",
            }
        );
}
