using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Requests as people read them: images by name, addresses without what may be secret in them.</summary>
internal static class PromptText
{
    private const int MaxImageCharacters = 200;

    /// <summary>The prompt of the requests about one sample, which differ in the text that is scored.</summary>
    public static SamplePrompt From(IReadOnlyList<ModelRequest> requests) =>
        new()
        {
            Messages = [.. requests[0].Messages.Select(Describe)],
            Tools = requests[0].Tools is { } tools ? Describe(tools) : null,
            ScoredTexts = requests[0].ScoredText is null
                ? null
                : [.. requests.Select(request => request.ScoredText![request.ScoredFrom..])],
        };

    private static PromptMessage Describe(ChatMessage turn) =>
        new(turn.Role, turn.Content)
        {
            Name = turn.Name,
            Images = turn.Parts.OfType<ImagePart>().Select(Describe).ToList() is { Count: > 0 } images ? images : null,
            ToolCalls =
                turn.ToolCalls.Count > 0 ? [.. turn.ToolCalls.Select(call => new PromptCall(call.Name, call.Arguments, call.Id))] : null,
            ToolCallId = turn.ToolCallId,
        };

    /// <summary>
    /// The name of an image, or its address: without query and user, which can be secrets; a data URI without its data.
    /// </summary>
    private static string Describe(ImagePart image)
    {
        if (Uri.TryCreate(image.Url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        }

        if (image.Url.Length <= MaxImageCharacters)
        {
            return image.Url;
        }

        var head = image.Url[..(image.Url.AsSpan(0, MaxImageCharacters).IndexOf(',') + 1)];
        return string.Create(CultureInfo.InvariantCulture, $"{head}… ({image.Url.Length:N0} characters)");
    }

    private static JsonObject Describe(ToolSet tools)
    {
        var described = new JsonObject();
        Add("tools", tools.Tools);
        Add("functions", tools.Functions);
        if (tools.ParallelToolCalls is { } parallel)
        {
            described["parallel_tool_calls"] = parallel;
        }

        return described;

        void Add(string name, JsonElement? list)
        {
            if (list is { } element)
            {
                described[name] = JsonNode.Parse(element.GetRawText());
            }
        }
    }
}
