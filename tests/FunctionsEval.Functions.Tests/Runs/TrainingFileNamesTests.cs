using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>Whatever spec names a blob as its training file, the blob is none to evaluate, and to pay for.</summary>
public sealed class TrainingFileNamesTests : IDisposable
{
    private readonly MemoryStorage _storage = new(TimeProvider.System);

    [Theory]
    [InlineData("s/evaluation.json", "train.jsonl", "s/train.jsonl")]
    [InlineData("s/evaluation.json", "./train.jsonl", "s/train.jsonl")]
    [InlineData("s/evaluation.json", "data/train.jsonl", "s/data/train.jsonl")]
    [InlineData("s/test.jsonl.evaluation.json", "train.jsonl", "s/train.jsonl")]
    [InlineData("evaluation.json", "a/b/train.csv", "a/b/train.csv")]
    public async Task Blob_that_a_spec_names_is_its_training_file(string specName, string named, string blob)
    {
        Spec(specName, named);

        Assert.Equal(specName, await FindAsync(blob));
    }

    [Fact]
    public async Task Blob_that_another_spec_than_the_applying_one_names_is_a_training_file_too()
    {
        Spec("s/evaluation.json", trainingFile: null);
        Spec("s/test.jsonl.evaluation.json", "train.jsonl");

        Assert.Equal("s/test.jsonl.evaluation.json", await FindAsync("s/train.jsonl"));
    }

    [Theory]
    [InlineData("s/test.jsonl")]
    [InlineData("s/data/train.jsonl")]
    [InlineData("other/train.jsonl")]
    [InlineData("train.jsonl")]
    public async Task Blob_that_no_spec_names_is_a_dataset(string blob)
    {
        Spec("s/evaluation.json", "train.jsonl");
        Spec("s/deeper/evaluation.json", "train.jsonl");

        Assert.Null(await FindAsync(blob));
    }

    [Fact]
    public async Task Blob_with_a_spec_of_its_own_is_a_dataset()
    {
        Spec("s/evaluation.json", "train.jsonl");
        Spec("s/train.jsonl.evaluation.json", trainingFile: null);

        Assert.Null(await FindAsync("s/train.jsonl"));
    }

    [Fact]
    public async Task Spec_that_cannot_be_read_names_nothing()
    {
        _storage.Write("datasets/s/broken.jsonl.evaluation.json", "{"u8.ToArray());
        Spec("s/test.jsonl.evaluation.json", "train.jsonl");

        Assert.Equal("s/test.jsonl.evaluation.json", await FindAsync("s/train.jsonl"));
    }

    public void Dispose() => _storage.Dispose();

    private void Spec(string name, string? trainingFile) =>
        _storage.Write(
            $"datasets/{name}",
            Encoding.UTF8.GetBytes(
                SpecReader.Canonical(
                    new EvaluationSpec
                    {
                        Task = GenerationTask.Instance,
                        Model = "m",
                        TrainingFile = trainingFile,
                    }
                )
            )
        );

    /// <summary>As the starter looks for it: beside the spec that would apply to the blob.</summary>
    private async Task<string?> FindAsync(string blob)
    {
        var datasets = new DatasetStore(_storage.Blobs);
        var found = await datasets.FindSpecAsync(DatasetNames.SpecCandidates(blob), TestContext.Current.CancellationToken);
        (string, EvaluationSpec)? applying = found is { } file ? (file.Name, SpecReader.Read(file.Content.ToString(), file.Name)) : null;
        return await new TrainingFileNames(datasets).FindSpecAsync(blob, applying, TestContext.Current.CancellationToken);
    }
}
