using FunctionsEval.Core.Specs;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Addresses of the app's HTTP interface and of its dashboard.</summary>
internal static class ApiPaths
{
    /// <summary>All runs.</summary>
    public const string Runs = "/api/evaluations";

    /// <summary>A run.</summary>
    public static string Of(string runId) => $"{Runs}/{Uri.EscapeDataString(runId)}";

    /// <summary>The dashboard's page of a run or a suite run.</summary>
    public static string PageOf(string id) =>
        $"/#/{(id.StartsWith(RunId.SuitePrefix, StringComparison.Ordinal) ? "suites" : "runs")}/{Uri.EscapeDataString(id)}";

    /// <summary>A query; parameters without a value are left out.</summary>
    public static string Query(IEnumerable<KeyValuePair<string, string?>> query)
    {
        var given = query
            .Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value!)}")
            .ToList();
        return given.Count > 0 ? "?" + string.Join('&', given) : "";
    }
}
