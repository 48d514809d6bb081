using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>Azure Resource Manager's refusal to create or delete a deployment.</summary>
/// <param name="Status">The status of the response.</param>
/// <param name="Code">Azure's code, such as <c>InsufficientQuota</c>; the status where it gives none.</param>
/// <param name="Message">Azure's message, bounded, without the ids of resources and principals.</param>
internal sealed partial record DeploymentRefusal(int Status, string Code, string Message)
{
    private const int MaxCode = 100;
    private const int MaxMessage = 400;

    private const string CommonFix = "Fix what the message names";

    /// <summary>What to do about the refusals that do not pass by themselves.</summary>
    private static readonly Dictionary<string, string> Fixes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["InsufficientQuota"] = "Ask for more quota, delete a deployment, or lower FineTuning__DeployCapacity or FineTuning__Checkpoints",
        ["QuotaExceeded"] = "Ask for more quota, delete a deployment, or lower FineTuning__DeployCapacity or FineTuning__Checkpoints",
        ["RequestDisallowedByPolicy"] = "Have the policy allow the deployment, or choose another FineTuning__DeploySku",
        ["AuthorizationFailed"] = Role,
        ["LinkedAuthorizationFailed"] = Role,
        ["DeploymentModelNotSupported"] = Sku,
        ["InvalidResourceProperties"] = Sku,
        ["InvalidCapacity"] = "Choose another FineTuning__DeployCapacity",
        ["SpecialFeatureOrQuotaIdRequired"] = "Use a subscription that may deploy this model",
        ["ParentResourceNotFound"] = Account,
        ["ResourceNotFound"] = Account,
        ["ResourceGroupNotFound"] = Account,
        ["SubscriptionNotFound"] = Account,
    };

    private const string Role =
        "Give the app's identity the right to write and delete the account's deployments (infra: deployTunedModels); "
        + "a new role may take some minutes to apply";

    private const string Sku = "Choose a FineTuning__DeploySku that the model has in the account's region";

    private const string Account = "Check FineTuning__ResourceId";

    /// <summary>Whether another try later may succeed: the service is busy, or another operation is under way on the account.</summary>
    public bool IsTransient => !Fixes.ContainsKey(Code) && Status is 401 or 408 or 409 or 429 or >= 500;

    /// <summary>Whether Azure does not know the model by the name that was given, or not with this SKU.</summary>
    public bool IsOfModel => Fixes.GetValueOrDefault(Code) == Sku;

    /// <summary>Whether there is nothing to delete.</summary>
    public bool IsMissing => Status == 404 && !Fixes.ContainsKey(Code);

    /// <summary>The end of the runs that waited for the deployment.</summary>
    public RunFailure ToFailure() =>
        new(
            "deployment_refused",
            $"Azure refused to deploy the tuned model ({Describe()}). {Fixes.GetValueOrDefault(Code, CommonFix)}, then resume the run."
        );

    /// <summary>Code and message in a sentence's part.</summary>
    public string Describe() => Message.Length == 0 ? Code : $"{Code}: {Message}";

    /// <summary>Reads a response's body; what is no error of Azure's kind has the status as its code.</summary>
    public static DeploymentRefusal Read(int status, ReadOnlySpan<byte> body)
    {
        var (code, message) = ("", "");
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.Get("error") is { } error)
            {
                (code, message) = (error.Get("code")?.GetText() ?? "", error.Get("message")?.GetText() ?? "");
            }
        }
        catch (JsonException)
        {
            // A proxy's page, or a body that was cut.
        }

        return new(status, code.Length == 0 ? $"HTTP {status}" : Bound(code, MaxCode), Bound(WithoutIds(message), MaxMessage));
    }

    private static string WithoutIds(string message) => Ids().Replace(message, "…");

    private static string Bound(string text, int length)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return line.Length <= length ? line : line[..(length - 1)] + "…";
    }

    /// <summary>Addresses of resources and ids of principals, policies and requests.</summary>
    [GeneratedRegex(
        @"/(?:subscriptions|providers)/[^\s'"",;]+|https?://\S+|[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Ids();
}
