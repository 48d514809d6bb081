using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>A deployment of an <see cref="ArmAccount"/>.</summary>
internal sealed class ArmDeployment(
    string model,
    string version,
    string sku,
    int capacity,
    JsonObject? tags,
    DateTimeOffset created,
    string lastState
)
{
    public string Sku { get; } = sku;

    public DateTimeOffset Created { get; } = created;

    /// <summary>The state in which its creation ends.</summary>
    public string LastState { get; } = lastState;

    /// <summary>What Azure calls <c>provisioningState</c>.</summary>
    public required string State { get; set; }

    /// <summary>How often it is read before the operation that is under way ends.</summary>
    public int ReadsLeft { get; set; }

    public bool IsUnderWay => State is "Accepted" or "Creating" or "Deleting";

    /// <summary>The deployment as it is read.</summary>
    public JsonObject Body(string resourceId, string name) =>
        new()
        {
            ["id"] = $"{resourceId}/deployments/{name}",
            ["name"] = name,
            ["type"] = "Microsoft.CognitiveServices/accounts/deployments",
            ["etag"] = $"\"{Created.UtcTicks}\"",
            ["sku"] = new JsonObject { ["name"] = Sku, ["capacity"] = capacity },
            ["tags"] = tags?.DeepClone(),
            ["properties"] = new JsonObject
            {
                ["model"] = new JsonObject
                {
                    ["format"] = "OpenAI",
                    ["name"] = model,
                    ["version"] = version,
                },
                ["provisioningState"] = State,
            },
        };
}

/// <summary>A refusal of Azure Resource Manager.</summary>
internal sealed record ArmRefusal(int Status, string Code, string Message)
{
    public IResult ToResult() =>
        ArmAnswer.Json(
            new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = Code, ["message"] = Message },
            },
            Status
        );
}

/// <summary>Answers of Azure Resource Manager.</summary>
internal static class ArmAnswer
{
    public static IResult Json(JsonObject body, int status = 200) => Results.Text(body.ToJsonString(), "application/json", null, status);
}
