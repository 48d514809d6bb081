using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// Which runs a request asks for, latest first, a page at a time. The index of the narrowest of dataset, suite and model is read. The other
/// filters apply to the page's rows, so a page may hold fewer runs than its size. A group stands for its runs, unless they are asked for.
/// </summary>
internal sealed record RunQuery(string? Model, string? Dataset, string? Suite, string? Status, string? Verdict, int Size, string? Token)
{
    /// <summary>The group whose runs are meant; null for runs of their own, and groups.</summary>
    public string? Group { get; init; }

    private const int MaxSize = 100;

    public static bool TryRead(IQueryCollection query, [NotNullWhen(true)] out RunQuery? read, [NotNullWhen(false)] out IResult? problem)
    {
        string? status = query["status"],
            continuation = query["continuation"];
        var size = 20;
        (read, problem) = (null, null);
        if (
            query.TryGetValue("size", out var asked)
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxSize)
        )
        {
            problem = Problems.BadRequest("invalid_query", $"size: must be 1 to {MaxSize}.");
        }
        else if (status is not null && !Enum.GetNames<RunStatus>().Contains(status, StringComparer.OrdinalIgnoreCase))
        {
            problem = Problems.BadRequest("invalid_query", $"status: must be one of {string.Join(", ", Enum.GetNames<RunStatus>())}.");
        }
        else if (continuation is not null && !Base64Url.IsValid(continuation))
        {
            problem = Problems.BadRequest("invalid_query", "continuation: pass the previous page's value unchanged.");
        }

        if (problem is not null)
        {
            return false;
        }

        var token = continuation is null ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation));
        read = new RunQuery(query["model"], query["dataset"], ((string?)query["suite"])?.Trim('/'), status, query["verdict"], size, token)
        {
            Group = query["group"],
        };
        return true;
    }

    /// <summary>A page of the runs, and the value by which a request asks for the next page.</summary>
    /// <param name="tables">The runs.</param>
    /// <param name="inPlaceOfGroups">Whether the candidates' runs of groups are meant, and not the groups.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(IReadOnlyList<Run> Runs, string? Continuation)> ReadAsync(
        RunTables tables,
        bool inPlaceOfGroups,
        CancellationToken cancellationToken
    )
    {
        if (Group is not null)
        {
            return (await ReadGroupAsync(tables, Group, cancellationToken), null);
        }

        var partition = (Dataset, Suite, Model) switch
        {
            ({ } name, _, _) => IndexPartition.Dataset(name),
            (_, { } name, _) => IndexPartition.Suite(name),
            (_, _, { } name) => IndexPartition.Model(name),
            _ => IndexPartition.All,
        };
        var (page, next) = await tables.Index.ReadPageAsync(partition, Size, Token, cancellationToken);
        var stored = await Task.WhenAll(page.Select(indexed => tables.FindRunAsync(indexed.RunId, cancellationToken)));
        var runs = stored.OfType<StoredRun>().Select(run => run.Run);
        if (inPlaceOfGroups)
        {
            var members = await Task.WhenAll(runs.Select(run => CandidatesOfAsync(tables, run, cancellationToken)));
            runs = members.SelectMany(run => run);
        }

        return ([.. runs.Where(Matches)], next is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next)));
    }

    /// <summary>The runs of a group, its baseline's first; none where there is no such group.</summary>
    private async Task<IReadOnlyList<Run>> ReadGroupAsync(RunTables tables, string groupId, CancellationToken cancellationToken) =>
        await tables.FindRunAsync(groupId, cancellationToken) is { Run: { IsGroup: true } group }
            ? [.. (await ReadAllAsync(tables, GroupRuns.MembersOf(group), cancellationToken)).Where(Matches)]
            : [];

    /// <summary>The candidates' runs of a group; any other run is its own.</summary>
    private static async Task<IReadOnlyList<Run>> CandidatesOfAsync(RunTables tables, Run run, CancellationToken cancellationToken) =>
        run.IsGroup ? await ReadAllAsync(tables, GroupRuns.MembersOf(run, GroupStage.Candidates), cancellationToken) : [run];

    private static async Task<IReadOnlyList<Run>> ReadAllAsync(
        RunTables tables,
        IEnumerable<GroupMember> members,
        CancellationToken cancellationToken
    )
    {
        var runs = await Task.WhenAll(members.Select(member => tables.FindRunAsync(member.RunId, cancellationToken)));
        return [.. runs.OfType<StoredRun>().Select(stored => stored.Run)];
    }

    private bool Matches(Run run) =>
        (Model is null || run.Model == Model || run.Baseline == Model || run.Candidates.Contains(Model, StringComparer.Ordinal))
        && (Suite is null || DatasetNames.SuiteOf(run.Dataset) == Suite)
        && IsWanted(run.Status.ToString(), Status)
        && IsWanted(run.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null, Verdict);

    private static bool IsWanted(string? name, string? wanted) =>
        wanted is null || string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);
}
