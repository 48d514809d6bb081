namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What models wrote for themselves; nothing where no model reasoned.</summary>
internal static class ReasoningSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Reasoning is { } reasoning
            ? new ReportSection(
                "Reasoning",
                [
                    new Table(
                        Table.Named("model", "answers with reasoning", "characters", "tokens"),
                        [
                            .. reasoning.Select(role => new Row(
                                role.Key,
                                [
                                    ReportText.Count(role.Value.Samples),
                                    ReportText.Count(role.Value.Characters),
                                    role.Value.Tokens > 0 ? ReportText.Count(role.Value.Tokens) : "not counted",
                                ]
                            )),
                        ]
                    ),
                    new Paragraph(
                        "Kept apart from the answers: it is not read, and no metric sees it. samples.jsonl has it as reasoning.",
                        IsNote: true
                    ),
                ]
            )
            : null;
}
