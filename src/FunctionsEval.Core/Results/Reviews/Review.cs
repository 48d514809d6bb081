namespace FunctionsEval.Core.Results.Reviews;

/// <summary>
/// One line of a run's <c>reviews.jsonl</c>: what a person said of a sample. The last line of a person and an item counts, so that a line
/// that is written twice changes nothing.
/// </summary>
public sealed record Review
{
    /// <summary>When it was said.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who said it, as typed.</summary>
    public required string Reviewer { get; init; }

    /// <summary>The sample's key.</summary>
    public required string Sample { get; init; }

    /// <summary>Whose answer is graded, <c>candidate</c> or <c>baseline</c>; null where both are.</summary>
    public string? Role { get; init; }

    /// <summary>The grade; null for one that is taken back.</summary>
    public ReviewGrade? Grade { get; init; }

    /// <summary>What was graded.</summary>
    internal ReviewItemKey Item => new(Sample, Role);

    /// <summary>What counts: the last line of each person and item, in the order of these lines; without what is taken back.</summary>
    /// <param name="lines">All lines, in the order in which they were written.</param>
    public static IReadOnlyList<Review> Current(IEnumerable<Review> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var last = new Dictionary<(string Reviewer, ReviewItemKey Item), (int Place, Review Review)>();
        var place = 0;
        foreach (var line in lines)
        {
            last[(line.Reviewer, line.Item)] = (place++, line);
        }

        return [.. last.Values.Where(entry => entry.Review.Grade is not null).OrderBy(entry => entry.Place).Select(entry => entry.Review)];
    }
}

/// <summary>What is graded: a sample's two answers, or one of them.</summary>
/// <param name="Sample">The sample's key.</param>
/// <param name="Role">Whose answer; null for both.</param>
public readonly record struct ReviewItemKey(string Sample, string? Role);
