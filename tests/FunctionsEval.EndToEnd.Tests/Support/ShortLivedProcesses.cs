using System.Runtime.CompilerServices;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// Workers, hosts and commands live for seconds in tests. Half of their processor time went into compiling methods a second time after
/// their thirtieth call; they do so after their ten thousandth here, as this process does by <c>runtimeconfig.template.json</c>.
/// </summary>
internal static class ShortLivedProcesses
{
    private const string Setting = "DOTNET_TC_CallCountThreshold";

    /// <summary>They inherit the variable. Hexadecimal, as the runtime reads it.</summary>
    [ModuleInitializer]
    internal static void CompileOnce()
    {
        if (Environment.GetEnvironmentVariable(Setting) is null)
        {
            Environment.SetEnvironmentVariable(Setting, "2710");
        }
    }
}
