using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Tests.Tasks;

public sealed class TaskCatalogTests
{
    private static readonly PromptRenderer Prompts = new(new PromptSpec { System = "s" });

    private static readonly Sample Question = new()
    {
        Id = "1",
        Offset = 0,
        Input = "Which? ",
        References = ["right"],
        Choices = ["wrong", "right"],
        GoldChoices = [1],
    };

    public static TheoryData<string> Names => [.. TaskCatalog.Names];

    [Fact]
    public void Names_are_those_of_specs() =>
        Assert.Equal(
            [
                "classification",
                "extraction",
                "generation",
                "language_modelling",
                "multi_label",
                "multiple_choice",
                "preference",
                "preference_likelihood",
                "regression",
                "tool_calls",
            ],
            TaskCatalog.Names
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void Task_is_its_name_in_json_and_everywhere(string name)
    {
        var task = TaskCatalog.Get(name);
        Assert.Equal($"\"{name}\"", JsonSerializer.Serialize(task));
        Assert.Same(task, JsonSerializer.Deserialize<TaskDefinition>($"\"{name}\""));
        Assert.Equal(name, task.ToString());
    }

    [Theory]
    [InlineData("\"ranking\"")]
    [InlineData("\"Generation\"")]
    [InlineData("1")]
    public void Json_without_a_tasks_name_is_no_task(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<TaskDefinition>(json));

    /// <summary>All but the one whose metric has no default judge.</summary>
    public static TheoryData<string> NamesWithDefaults => [.. TaskCatalog.Names.Except(["preference"])];

    [Theory]
    [MemberData(nameof(NamesWithDefaults))]
    public void Default_metrics_exist_and_fit_their_task(string name)
    {
        var task = TaskCatalog.Get(name);
        string[] labels = task.HasLabels ? ["a", "b"] : [];
        Assert.NotEmpty(MetricCatalog.Create(task, [], new MetricSettings { Labels = labels }));
    }

    [Theory]
    [InlineData("classification")]
    [InlineData("extraction")]
    [InlineData("generation")]
    [InlineData("multi_label")]
    [InlineData("regression")]
    public void Written_answer_is_asked_for_in_one_conversation(string name)
    {
        var question = Assert.Single(TaskCatalog.Get(name).Ask(Question, Prompts));
        Assert.Equal([new("system", "s"), new("user", "Which? ")], question.Messages);
        Assert.Null(question.ScoredText);
    }

    [Fact]
    public void Language_modelling_has_the_reference_scored_and_sends_no_turn()
    {
        var question = Assert.Single(TaskCatalog.Get("language_modelling").Ask(Question, Prompts));
        Assert.Equal(("right", 0, 0), (question.ScoredText, question.ScoredFrom, question.Messages.Count));
    }

    /// <summary>As lm-evaluation-harness does: the choice after the prompt and one space.</summary>
    [Fact]
    public void Multiple_choice_has_each_choice_scored_after_the_prompt()
    {
        var task = TaskCatalog.Get("multiple_choice");
        Assert.Equal(
            [("s\n\nWhich? wrong", 9), ("s\n\nWhich? right", 9)],
            task.Ask(Question, Prompts).Select(question => (question.ScoredText, question.ScoredFrom))
        );
        Assert.Equal(
            [("wrong", 0), ("right", 0)],
            task.Ask(Question with { Input = "" }, new PromptRenderer(new PromptSpec()))
                .Select(question => (question.ScoredText, question.ScoredFrom))
        );
    }

    [Theory]
    [InlineData("generation", "parsing.method", "the task classification")]
    [InlineData("multiple_choice", "parsing.method", "the task classification")]
    public void Choice_letters_need_a_task_with_labels(string name, string path, string message)
    {
        var problem = TaskCatalog.Get(name).Check(new TaskOptions { Parsing = new ParsingSpec { Method = ParsingMethod.Choice } });
        Assert.Equal(path, problem!.Path);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_of_a_kind_are_named_in_a_sentence()
    {
        Assert.Equal("the task classification", TaskCatalog.Describe(task => task == TaskCatalog.Get("classification")));
        Assert.Equal("the tasks classification and multi_label", TaskCatalog.Describe(task => task.HasLabels));
        Assert.Equal(
            "the tasks classification, generation and regression",
            TaskCatalog.Describe(task => task.Name is "classification" or "generation" or "regression")
        );
    }
}
