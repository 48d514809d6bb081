using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Tests.Prompts;

public sealed class PromptRendererTests
{
    private static readonly Sample Plain = Row("""{"input":"hello","expected":"r","context":"<b>&","n":3,"tags":{"lang":"de"}}""") with
    {
        Input = "hello",
        Tags = new Dictionary<string, string> { ["lang"] = "de" },
    };

    private static readonly Sample Chat = Row("""{"messages":[]}""") with
    {
        Input = "u2",
        Messages = [new("system", "s"), new("user", "u1"), new("assistant", "a1"), new("user", "u2")],
    };

    [Fact]
    public void Render_without_templates_sends_the_input_as_one_user_turn() =>
        Assert.Equal([new("user", "hello")], new PromptRenderer(new PromptSpec()).Render(Plain));

    [Fact]
    public void Render_without_templates_sends_the_rows_turns() =>
        Assert.Equal(Chat.Messages, new PromptRenderer(new PromptSpec()).Render(Chat));

    [Fact]
    public void Render_system_template_is_put_first() =>
        Assert.Equal([new("system", "Be brief in de."), new("user", "hello")], Render(Plain, system: "Be brief in {{ tags.lang }}."));

    [Fact]
    public void Render_system_template_replaces_the_rows_system_turn() =>
        Assert.Equal([new("system", "new"), .. Chat.Messages.Skip(1)], Render(Chat, system: "new"));

    [Fact]
    public void Render_user_template_replaces_the_last_user_turn() =>
        Assert.Equal([.. Chat.Messages.Take(3), new("user", "<u2>")], Render(Chat, user: "<{{ input }}>"));

    [Fact]
    public void Render_user_template_is_the_only_turn_of_a_row_without_input() =>
        Assert.Equal([new("user", "q")], Render(Row("""{"question":"q"}"""), user: "{{ question }}"));

    [Fact]
    public void Render_fields_are_variables_without_encoding() =>
        Assert.Equal("<b>& 3 hello", Single(Plain, "{{ context }} {{ n }} {{ input }}"));

    [Fact]
    public void Render_fields_of_an_item_are_variables() =>
        Assert.Equal("q q", Single(Row("""{"item":{"question":"q"}}"""), "{{ question }} {{ item.question }}"));

    [Fact]
    public void Render_messages_are_the_turns_before_the_reference() =>
        Assert.Equal(
            "system:s user:u1 assistant:a1 user:u2 ",
            Render(Chat, user: "{% for m in messages %}{{ m.role }}:{{ m.content }} {% endfor %}")[^1].Content
        );

    [Theory]
    [InlineData("{{ topic }}", "topic")]
    [InlineData("{% if topic %}x{% endif %}", "topic")]
    [InlineData("{{ topic | default: 'x' }}", "topic")]
    [InlineData("{% for t in topic %}x{% endfor %}", "topic")]
    [InlineData("{{ meta.author }}", "meta.author")]
    [InlineData("{{ Input }}", "Input")]
    public void Render_undefined_variable_is_an_error_with_its_name(string template, string variable)
    {
        var sample = Row("""{"meta":{"secretword":"x"}}""") with { Input = "secretword" };
        var e = Assert.Throws<PromptException>(() => Single(sample, template));
        Assert.Equal(variable, e.Variable);
        Assert.Contains(variable, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secretword", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ row.topic | default: 'none' }}", "none")]
    [InlineData("{% if row.topic %}x{% else %}y{% endif %}", "y")]
    [InlineData("{{ row.context }}{{ tags.none }}", "<b>&")]
    public void Render_optional_field_is_read_through_row(string template, string expected) =>
        Assert.Equal(expected, Single(Plain, template));

    [Fact]
    public void Render_null_field_is_empty() => Assert.Equal("[]", Single(Row("""{"a":null}"""), "[{{ a }}]"));

    [Theory]
    [InlineData("{% for i in (1..1000000000) %}x{% endfor %}")]
    [InlineData("{% assign n = 1000000000 %}{% assign all = (1..n) %}{{ all | size }}")]
    [InlineData("{% for i in (1..200) %}{% for j in (1..200) %}x{% endfor %}{% endfor %}")]
    [InlineData("{% for i in (1..9000) %}{{ big }}{% endfor %}")]
    [InlineData("{% assign s = big %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}")]
    public void Render_endless_template_stops_with_an_error(string template)
    {
        var sample = Row($$"""{"big":"{{new string('x', 10_000)}}"}""");
        Assert.Throws<PromptException>(() => Single(sample, template));
    }

    [Theory]
    [InlineData("now")]
    [InlineData("today")]
    [InlineData("10:30")]
    [InlineData("March 5")]
    public void Render_has_no_clock(string date) => Assert.Throws<PromptException>(() => Single(Plain, $"{{{{ '{date}' | date: '%Y' }}}}"));

    [Fact]
    public void Render_from_many_threads_gives_each_its_own_row()
    {
        var renderer = new PromptRenderer(new PromptSpec { User = "{% assign x = input %}{% for i in (1..50) %}{% endfor %}{{ x }}" });
        Parallel.For(0, 2000, i => Assert.Equal($"row {i}", renderer.Render(Row("{}") with { Input = $"row {i}" })[0].Content));
    }

    [Theory]
    [InlineData("{{ input ")]
    [InlineData("{% include 'x' %}")]
    [InlineData("{% render 'x' %}")]
    [InlineData("{% if input %}")]
    [InlineData("{{ input | shout }}")]
    public void Constructor_template_that_does_not_parse_throws(string template) =>
        Assert.Throws<ArgumentException>(() => new PromptRenderer(new PromptSpec { User = template }));

    private static IReadOnlyList<ChatMessage> Render(Sample sample, string? system = null, string? user = null) =>
        new PromptRenderer(new PromptSpec { System = system, User = user }).Render(sample);

    private static string Single(Sample sample, string user) => Assert.Single(Render(sample with { Messages = [] }, user: user)).Content;

    private static Sample Row(string json) =>
        new()
        {
            Id = "1",
            Offset = 0,
            References = ["r"],
            Fields = JsonElement.Parse(json),
        };
}
