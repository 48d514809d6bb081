using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>Reads the turns of a platform's model grader, and its templates.</summary>
internal static class TurnReader
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant"];

    /// <summary>The turns in <c>input</c>.</summary>
    /// <exception cref="OptionException">They cannot be used.</exception>
    public static IReadOnlyList<GraderTurn> Read(OptionReader options)
    {
        List<GraderTurn> turns = [];
        foreach (var (element, place) in options.List("input"))
        {
            var turn = new OptionReader(options.PathOf(place), element);
            turn.Read("type");
            var role = turn.Choice("role", "user", Roles);
            turns.Add(new GraderTurn(role, Parse(turn, "content", ContentOf(turn))));
            turn.RefuseUnread("member of a turn");
        }

        return turns.Count > 0 ? turns : throw options.Wrong("input", "must be a list of turns, each with role and content");
    }

    /// <summary>Reads a template.</summary>
    public static GraderTemplate Parse(OptionReader options, string name, string text) =>
        GraderTemplate.TryParse(text, out var unknown)
        ?? throw options.Error(
            name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"has the variable '{NearestName.Shown(unknown!)}'. Variables are item.…, sample.output_text, sample.output_json.…, sample.output_tools[0].… and sample.choices[0].…."
            )
        );

    /// <summary>A turn's text: a text, a part, or a list of parts.</summary>
    private static string ContentOf(OptionReader turn)
    {
        if (turn.Read("content") is not { } content)
        {
            throw turn.Wrong("content", "is missing");
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Object => TextOf(new OptionReader(turn.PathOf("content"), content)),
            JsonValueKind.Array => string.Concat(
                turn.List("content")
                    .Select(part =>
                        part.Element.ValueKind == JsonValueKind.String
                            ? part.Element.GetString()!
                            : TextOf(new OptionReader(turn.PathOf(part.Name), part.Element))
                    )
            ),
            _ => throw turn.WrongType("content", "a text or a list of text parts", content),
        };
    }

    private static string TextOf(OptionReader part)
    {
        var type = part.Text("type") ?? "text";
        return type is "text" or "input_text" or "output_text"
            ? part.Text("text", SpecLimits.MaxBytes) ?? throw part.Wrong("text", "is missing")
            : throw part.Error("type", $"'{NearestName.Shown(type)}' is not sent to a grader; take text parts.");
    }
}
