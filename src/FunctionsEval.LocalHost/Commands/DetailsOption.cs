using System.CommandLine;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>The option that asks for everything behind the first lines.</summary>
internal static class DetailsOption
{
    /// <summary>Creates the option.</summary>
    public static Option<bool> Create() =>
        new("--details") { Description = "Print the tables too: every number, outcomes, rules, warnings." };
}
