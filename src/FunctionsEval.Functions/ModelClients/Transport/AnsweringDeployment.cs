using System.ClientModel.Primitives;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>
/// Which deployment answered, by the headers of Azure: a provisioned deployment that is full hands requests to another one (spillover).
/// </summary>
/// <remarks>
/// <c>x-ms-spillover-from-deployment</c> is there if it did, and <c>x-ms-deployment-name</c> names the one that answered (Microsoft's page
/// on spillover, which writes the first also as <c>x-ms-spillover-from-</c> with the name behind it).
/// </remarks>
internal static partial class AnsweringDeployment
{
    private const string Spillover = "x-ms-spillover-from-";
    private const string Unnamed = "a deployment without a name";

    /// <summary>The deployment that answered in place of the one that was asked; null where none is known.</summary>
    public static string? FindOther(PipelineResponseHeaders headers, ModelOptions model)
    {
        var named = headers.TryGetValue("x-ms-deployment-name", out var text) && text is not null && Name().IsMatch(text) ? text : null;
        if (headers.Any(header => header.Key.StartsWith(Spillover, StringComparison.OrdinalIgnoreCase)))
        {
            return named ?? Unnamed;
        }

        return string.Equals(named, model.Deployment, StringComparison.OrdinalIgnoreCase) ? null : named;
    }

    /// <summary>The status with which the other deployment refused too; null where none was asked.</summary>
    public static int? FindSpilloverError(PipelineResponseHeaders headers) =>
        headers.TryGetValue("x-ms-spillover-error", out var text) && int.TryParse(text, out var status) && status is >= 400 and < 600
            ? status
            : null;

    // An endpoint's word, which gets into tables and warnings.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\z")]
    private static partial Regex Name();
}
