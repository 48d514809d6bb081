using System.CommandLine;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>The arguments of commands that are about one run.</summary>
internal static class RunArgument
{
    /// <summary>A run or a suite run.</summary>
    public static Argument<string> CreateOfAny() => new("RUN") { Description = "The id of a run, ev-…, or of a suite run, es-…" };

    /// <summary>A run.</summary>
    public static Argument<string> Create() => new("RUN") { Description = "The run's id, ev-…" };
}
