namespace FunctionsEval.Core.Datasets;

/// <summary>Where a row has its reference: in one field, or in several that make one JSON object.</summary>
public sealed record ReferenceColumns
{
    /// <summary>The field or column that has the reference; null where several have it.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The members of the object that is the reference, each with the field or column that has it, in ordinal order; null where one field
    /// has the reference.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Fields { get; init; }

    /// <summary>The reference of one field.</summary>
    /// <param name="name">The field or column; null for the usual names.</param>
    public static implicit operator ReferenceColumns?(string? name) => name is null ? null : new ReferenceColumns { Name = name };

    /// <summary>Whether both find the same references.</summary>
    public bool Equals(ReferenceColumns? other) =>
        other is not null && Name == other.Name && (Fields ?? []).SequenceEqual(other.Fields ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Fields?.Count);
}
