using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.MultipleChoice;

namespace FunctionsEval.Core.Tests.Tasks.MultipleChoice;

public sealed class ChoiceReaderTests
{
    [Theory]
    [InlineData("""{"input":"q","choices":["red","blue"],"answer":1}""", "1")]
    [InlineData("""{"input":"q","choices":["red","blue"],"answer":"B"}""", "1")]
    [InlineData("""{"input":"q","choices":["red","blue"],"answer":"blue"}""", "1")]
    [InlineData("""{"input":"q","choices":["red","blue"],"label":"1"}""", "1")]
    [InlineData("""{"input":"q","choices":["red","blue","green"],"gold":[2,"A"]}""", "2 0")]
    [InlineData("""{"input":"q","choices":["B","A"],"answer":"A"}""", "1")] // The text of a choice goes before its letter.
    [InlineData("""{"input":"q","choices":[1,0],"answer":0}""", "0")] // A number is an index.
    [InlineData("""{"input":"q","choices":[1,0],"answer":"0"}""", "1")]
    [InlineData("""{"item":{"input":"q","choices":["red","blue"]},"answer":0}""", "0")]
    public async Task Right_choice_is_an_index_a_text_or_a_letter(string row, string gold)
    {
        var sample = Assert.IsType<ValidRow>(await ReadAsync(row)).Sample;

        Assert.Equal(gold, string.Join(' ', sample.GoldChoices));
        Assert.Equal(sample.GoldChoices.Select(index => sample.Choices[index]), sample.References);
    }

    [Theory]
    [InlineData("""{"input":"q","answer":1}""", "missing_reference", "choices")]
    [InlineData("""{"input":"q","choices":"red","answer":1}""", "wrong_type", "list of 2 to 26")]
    [InlineData("""{"input":"q","choices":["red"],"answer":0}""", "wrong_type", "2 to 26")]
    [InlineData("""{"input":"q","choices":["red",""],"answer":0}""", "wrong_type", "choices[1]")]
    [InlineData("""{"input":"q","choices":["red","blue"]}""", "missing_reference", "right choice")]
    [InlineData("""{"input":"q","choices":["red","blue"],"answer":3}""", "unknown_label", "from 0 to 1")]
    [InlineData("""{"input":"q","choices":["red","blue"],"answer":-1}""", "unknown_label", "from A to B")]
    [InlineData("""{"input":"q","choices":["red","blue"],"answer":"C"}""", "unknown_label", "answer")]
    [InlineData("""{"input":"q","choices":["red","blue"],"answer":[]}""", "missing_reference", "empty list")]
    [InlineData("""{"choices":["red","blue"],"answer":1}""", "missing_input", "input")]
    public async Task Row_that_is_no_question_says_what_to_write(string row, string reason, string told)
    {
        var malformed = Assert.IsType<MalformedRow>(await ReadAsync(row));

        Assert.Equal(reason, malformed.Reason);
        Assert.Contains(told, malformed.Message, StringComparison.Ordinal);
    }

    private static async Task<DatasetRow> ReadAsync(string row)
    {
        var spec = new EvaluationSpec { Task = MultipleChoiceTask.Instance, Model = "m" };
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(row));
        var rows = new List<DatasetRow>();
        await foreach (
            var read in spec.ReadOptions(JsonlFormat.Instance).CreateReader().ReadAsync(stream, TestContext.Current.CancellationToken)
        )
        {
            rows.Add(read);
        }

        return Assert.Single(rows);
    }
}
