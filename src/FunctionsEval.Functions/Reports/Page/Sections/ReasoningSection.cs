using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What models wrote for themselves; nothing where no model reasoned.</summary>
internal static class ReasoningSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Reasoning is { } reasoning
            ? new ReportSection(
                "reasoning",
                "Reasoning",
                [
                    new Table(
                        ["model", Column.Number("answers with reasoning"), Column.Number("characters"), Column.Number("tokens")],
                        [
                            .. reasoning.Select(role => new Row(
                                source.NameOf(role.Key),
                                [
                                    NumberText.Count(role.Value.Samples),
                                    NumberText.Count(role.Value.Characters),
                                    role.Value.Tokens > 0 ? NumberText.Count(role.Value.Tokens) : "not counted",
                                ]
                            )),
                        ]
                    )
                    {
                        Caption = "Reasoning",
                        IsCaptionHidden = true,
                    },
                    new Paragraph(
                        "Kept apart from the answers: it is not read, and no metric sees it. samples.jsonl has it as reasoning.",
                        IsNote: true
                    ),
                ]
            )
            : null;
}
