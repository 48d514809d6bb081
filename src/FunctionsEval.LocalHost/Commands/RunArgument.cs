using System.CommandLine;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>The argument of every command that is about one run.</summary>
internal static class RunArgument
{
    public static Argument<string> Create() => new("RUN") { Description = "The run's id, ev-…" };
}
