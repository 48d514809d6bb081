using System.CommandLine;
using System.Text;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Commands;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>Files that the API's answers were saved in, as <c>import-evals</c> takes them.</summary>
public sealed class SavedEvalFilesTests : IDisposable
{
    private const string Eval = """
        { "object": "eval", "id": "eval_1", "name": "Größe", "data_source_config": { "type": "custom", "schema": { "properties": { "item": { "properties": { "q": {}, "a": { "enum": ["klein", "groß"] } } } } } },
          "testing_criteria": [ { "type": "string_check", "name": "c", "input": "{{sample.output_text}}", "operation": "eq", "reference": "{{item.a}}" } ] }
        """;

    private const string Run = """
        { "object": "list", "data": [ { "object": "eval.run", "id": "r", "eval_id": "eval_1", "model": "m", "data_source": { "type": "jsonl", "source": { "type": "file_content", "content": [ { "item": { "q": "Maus", "a": "klein" } } ] } } } ] }
        """;

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    public void Rows_are_written_beside_the_spec_whatever_encoding_the_shell_saved(string encoding)
    {
        File.WriteAllText(_directory.Combine("eval.json"), Eval, Encoding.GetEncoding(encoding));
        File.WriteAllText(_directory.Combine("run.json"), Run, Encoding.GetEncoding(encoding));

        Assert.Equal(0, Import("--run", _directory.Combine("run.json"), "-o", _directory.Combine("suite")));

        Assert.Equal("{\"item\":{\"q\":\"Maus\",\"a\":\"klein\"}}\n", File.ReadAllText(_directory.Combine("suite/data.jsonl")));
        Assert.Contains("\"groß\"", File.ReadAllText(_directory.Combine("suite/evaluation.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Dataset_that_is_there_already_is_not_written_over()
    {
        File.WriteAllText(_directory.Combine("eval.json"), Eval);
        File.WriteAllText(_directory.Combine("run.json"), Run);
        File.WriteAllText(_directory.Combine("data.jsonl"), "mine");

        var refused = Assert.Throws<LocalHostException>(() => Import("--run", _directory.Combine("run.json"), "-o", _directory.Path));

        Assert.Contains("data.jsonl' exists already", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory.Combine("evaluation.json")));
        Assert.Equal("mine", File.ReadAllText(_directory.Combine("data.jsonl")));
    }

    [Fact]
    public void File_in_another_encoding_is_an_error_that_names_it()
    {
        File.WriteAllBytes(_directory.Combine("eval.json"), Encoding.Latin1.GetBytes(Eval));

        Assert.Contains(
            "eval.json' is not UTF-8",
            Assert.Throws<LocalHostException>(() => Import("--model", "m")).Message,
            StringComparison.Ordinal
        );
    }

    public void Dispose() => _directory.Dispose();

    private int Import(params string[] options) =>
        ImportEvalsCommand
            .Create()
            .Parse([_directory.Combine("eval.json"), .. options])
            .Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
