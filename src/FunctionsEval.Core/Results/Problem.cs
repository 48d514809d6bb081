namespace FunctionsEval.Core.Results;

/// <summary>Why a request was refused (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong, and the fix.</param>
/// <param name="Code">A stable code.</param>
public sealed record Problem(int? Status, string? Detail, string? Code);
