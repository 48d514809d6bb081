using System.Text.Json.Nodes;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>What commands that look at a result end with, so that a pipeline can act on it; docs/command-line.md says the same.</summary>
internal static class ExitCodes
{
    /// <summary>The verdict is pass, or nothing got worse.</summary>
    public const int Pass = 0;

    /// <summary>The verdict is fail, or something got worse.</summary>
    public const int Fail = 1;

    /// <summary>The data does not decide it, or there is no gate.</summary>
    public const int Inconclusive = 2;

    /// <summary>There is no result: the run failed, was stopped, is under way, or no sample of it counts; or the command could not be carried out.</summary>
    public const int Error = 3;

    /// <summary>The code of a run.</summary>
    public static int Of(JsonObject run) => ((string?)run["status"], (string?)run["verdict"]) switch
    {
        ("Completed", _) when !HasCountedSample(run) => Error,
        ("Completed", "pass") => Pass,
        ("Completed", "fail") => Fail,
        ("Completed", _) => Inconclusive,
        _ => Error,
    };

    /// <summary>The code of a command that evaluates: whether the run came to a result, whatever it is.</summary>
    public static int OfEvaluation(JsonObject run) => (string?)run["status"] != "Completed" ? Fail : HasCountedSample(run) ? Pass : Error;

    private static bool HasCountedSample(JsonObject run) =>
        (run["candidateScored"]?.GetValue<long>() ?? 0) + (run["candidateUnparsable"]?.GetValue<long>() ?? 0) > 0;
}
