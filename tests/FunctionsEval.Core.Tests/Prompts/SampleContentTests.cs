using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tests.Datasets;

namespace FunctionsEval.Core.Tests.Prompts;

/// <summary>Which rows of two dataset versions are the same sample.</summary>
public sealed class SampleContentTests
{
    private const string Row =
        """{ "id": "a", "input": "Where is it?", "label": "shipping", "context": "order 7", "note": "x", "tags": { "language": "en" } }""";

    [Theory]
    [InlineData("\"note\": \"x\"", "\"note\": \"y\"", null, true)]
    [InlineData("\"id\": \"a\"", "\"id\": \"b\"", null, true)]
    [InlineData("\"language\": \"en\"", "\"language\": \"de\"", null, true)]
    [InlineData("Where is it?", "Where is it!", null, false)]
    [InlineData("\"shipping\"", "\"billing\"", null, false)]
    [InlineData("order 7", "order 8", null, true)]
    [InlineData("order 7", "order 8", "{{ input }}", true)]
    [InlineData("order 7", "order 8", "The context: {{ input }}", true)]
    [InlineData("order 7", "order 8", "{{ context }} {{ input }}", false)]
    [InlineData("order 7", "order 8", "{{ row.context | default: \"none\" }}", false)]
    [InlineData("order 7", "order 8", "{{ row['context'] }}", false)]
    [InlineData("\"note\": \"x\"", "\"note\": \"y\"", "{{ row['context'] }}", true)]
    [InlineData("order 7", "order 8", "{% for field in row %}{{ field }}{% endfor %}", false)]
    [InlineData("\"language\": \"en\"", "\"language\": \"de\"", "{{ tags.language }}", false)]
    public void Content_is_what_the_model_sees_and_what_is_expected(string from, string to, string? template, bool isSame)
    {
        var content = new SampleContent(new PromptSpec { User = template });

        Assert.Equal(isSame, content.HashOf(Read(Row)) == content.HashOf(Read(Row.Replace(from, to, StringComparison.Ordinal))));
    }

    [Fact]
    public void Earlier_turns_are_content_and_no_two_lists_of_turns_are_alike()
    {
        var content = new SampleContent(new PromptSpec());
        string[] rows =
        [
            """{ "messages": [ { "role": "system", "content": "ab" }, { "role": "user", "content": "c" }, { "role": "assistant", "content": "shipping" } ] }""",
            """{ "messages": [ { "role": "system", "content": "a" }, { "role": "user", "content": "c" }, { "role": "assistant", "content": "shipping" } ] }""",
            """{ "messages": [ { "role": "user", "content": "ab" }, { "role": "user", "content": "c" }, { "role": "assistant", "content": "shipping" } ] }""",
        ];

        Assert.Equal(rows.Length, rows.Select(row => content.HashOf(Read(row))).Distinct().Count());
        Assert.Equal(16, content.HashOf(Read(rows[0])).Length);
    }

    private static Sample Read(string row)
    {
        using var document = JsonDocument.Parse(row);
        var reader = new SampleReader(
            DatasetText.Options(task: ClassificationTask.Instance, labels: ["shipping", "billing"]),
            new ColumnSpec()
        );
        Assert.Null(reader.Read(document.RootElement.Clone(), 0, out var sample));
        return sample!;
    }
}
