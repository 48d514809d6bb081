using System.Text;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Reads the content of a turn: a text, or a list of parts that are texts and images.</summary>
internal static class ContentReader
{
    /// <summary>Reads a turn's content.</summary>
    /// <param name="content">The content; undefined where it is missing.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <param name="role">The turn's role.</param>
    /// <param name="text">The texts, joined.</param>
    /// <param name="parts">All parts, where one is an image; else empty.</param>
    public static RowProblem? Read(JsonElement content, string place, string role, out string text, out IReadOnlyList<ContentPart> parts)
    {
        (text, parts) = ("", []);
        if (content.ValueKind == JsonValueKind.String)
        {
            text = content.GetString()!;
            return null;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return ChatTurns.WrongType(place, "a string or a list of text parts", content);
        }

        List<ContentPart> read = [];
        foreach (var part in content.EnumerateArray())
        {
            if (ReadPart(part, $"{place}[{read.Count}]", role, out var one) is { } problem)
            {
                return problem;
            }

            read.Add(one!);
        }

        text = JoinTexts(read);
        parts = read.Exists(part => part is ImagePart) ? read : [];
        return null;
    }

    private static string JoinTexts(List<ContentPart> parts)
    {
        var joined = new StringBuilder();
        foreach (var part in parts.OfType<TextPart>())
        {
            joined.Append(part.Text);
        }

        return joined.ToString();
    }

    private static RowProblem? ReadPart(JsonElement part, string place, string role, out ContentPart? read)
    {
        read = null;
        var kind =
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                ? type.GetString()
                : null;
        switch (kind)
        {
            case "text" or "input_text" or "output_text":
                if (!part.TryGetProperty("text", out var value) || value.ValueKind != JsonValueKind.String)
                {
                    return ChatTurns.WrongType($"{place}.text", "a string", value);
                }

                read = new TextPart(value.GetString()!);
                return null;
            case "image_url" or "input_image" when role is "user":
                var problem = ReadImage(part, place, out var image);
                read = image;
                return problem;
            case "image_url" or "input_image":
                return new RowProblem(
                    MalformedReasons.UnsupportedContent,
                    $"{place} is an image in a turn of {role}; models take images in turns of the user only."
                );
            default:
                return new RowProblem(
                    MalformedReasons.UnsupportedContent,
                    $"{place} is neither a text part nor an image part; only these are evaluated."
                );
        }
    }

    /// <summary>
    /// An image of chat completions, <c>"image_url": {"url": …, "detail": …}</c>, or of the responses API, <c>"image_url": "…"</c>.
    /// </summary>
    private static RowProblem? ReadImage(JsonElement part, string place, out ImagePart? image)
    {
        image = null;
        var urlPlace = $"{place}.image_url";
        part.TryGetProperty("image_url", out var url);
        var holder = part;
        if (url.ValueKind == JsonValueKind.Object)
        {
            holder = url;
            urlPlace += ".url";
            url = holder.TryGetProperty("url", out var inner) ? inner : default;
        }

        if (url.ValueKind != JsonValueKind.String)
        {
            return ChatTurns.WrongType(urlPlace, "an address, a data URI or the name of a blob", url);
        }

        holder.TryGetProperty("detail", out var detail);
        if (detail.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String))
        {
            return ChatTurns.WrongType($"{place}.detail", "a string", detail);
        }

        if (ImageUrls.FindProblem(url.GetString()!) is { } problem)
        {
            return new RowProblem(MalformedReasons.InvalidImage, $"{urlPlace} {problem}.");
        }

        image = new ImagePart(url.GetString()!) { Detail = detail.ValueKind == JsonValueKind.String ? detail.GetString() : null };
        return null;
    }
}
