using System.Reflection;

namespace FunctionsEval.Functions;

/// <summary>The app's version, written to every run so that a number can be traced to the code that made it.</summary>
internal static class CodeVersion
{
    public static string Current { get; } =
        typeof(CodeVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
