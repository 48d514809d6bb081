using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Packing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class DatasetNamesTests
{
    [Theory]
    [InlineData("a//b.jsonl")]
    [InlineData("/b.jsonl")]
    [InlineData("a/../b.jsonl")]
    [InlineData("./b.csv")]
    [InlineData("a/b\u0001.jsonl")]
    [InlineData("a/b\u0085.parquet")]
    public void Classify_name_that_storage_may_not_keep_is_invalid(string name) =>
        Assert.EndsWith(
            "Name it like suite/file.jsonl.",
            Assert.IsType<DatasetNameKind.Invalid>(DatasetNames.Classify(name)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Classify_name_of_1024_characters_is_the_longest_that_is_a_dataset()
    {
        Assert.IsType<DatasetNameKind.Dataset>(DatasetNames.Classify(new string('d', 1018) + ".jsonl"));
        Assert.IsType<DatasetNameKind.Invalid>(DatasetNames.Classify(new string('d', 1019) + ".jsonl"));
    }

    [Theory]
    [InlineData("tickets/test.jsonl", "jsonl")]
    [InlineData("test.NDJSON", "jsonl")]
    [InlineData("a/b/test.csv", "csv")]
    [InlineData("test.tsv", "tsv")]
    public void Classify_dataset_extension_gives_its_format(string name, string format) =>
        Assert.Equal(new DatasetNameKind.Dataset(DatasetText.Format(format)), DatasetNames.Classify(name));

    [Theory]
    [InlineData("tickets/test.jsonl.gz", "jsonl", ".gz")]
    [InlineData("test.CSV.GZ", "csv", ".gz")]
    [InlineData("test.tsv.zst", "tsv", ".zst")]
    [InlineData("data/train-00000-of-00001.parquet", "jsonl", ".parquet")]
    public void Classify_packed_dataset_gives_the_format_of_its_rows(string name, string format, string packing) =>
        Assert.Equal(
            new DatasetNameKind.Dataset(DatasetText.Format(format), DatasetPackingCatalog.Find(packing)),
            DatasetNames.Classify(name)
        );

    [Theory]
    [InlineData("evaluation.json")]
    [InlineData("tickets/Evaluation.json")]
    [InlineData("tickets/test.jsonl.evaluation.json")]
    public void Classify_spec_name_is_a_spec(string name) => Assert.IsType<DatasetNameKind.Spec>(DatasetNames.Classify(name));

    [Theory]
    [InlineData("tickets/README.md")]
    [InlineData("notes.txt")]
    [InlineData("card.yaml")]
    [InlineData("card.yml")]
    [InlineData("tickets/.gitkeep")]
    [InlineData("tickets/.hidden.jsonl")]
    [InlineData("tickets/")]
    public void Classify_companion_is_ignored(string name) => Assert.IsType<DatasetNameKind.Ignored>(DatasetNames.Classify(name));

    [Theory]
    [InlineData("test.json", "jq -c '.[]' in.json > out.jsonl")]
    [InlineData("test.xlsx", "CSV UTF-8")]
    [InlineData("test.gz", "test.jsonl.gz")]
    [InlineData("test.json.zst", "test.csv.zst")]
    [InlineData("test.tar.gz", "archive")]
    [InlineData("test.jsonl.zip", "unpack")]
    [InlineData("test.bin", "Convert")]
    [InlineData("test", "no extension")]
    public void Classify_other_file_says_formats_and_fix(string name, string fix)
    {
        var message = Assert.IsType<DatasetNameKind.Unsupported>(DatasetNames.Classify(name)).Message;
        Assert.Contains(".jsonl", message, StringComparison.Ordinal);
        Assert.Contains(".csv", message, StringComparison.Ordinal);
        Assert.Contains(fix, message, StringComparison.Ordinal);
    }

    [Fact]
    public void SpecCandidates_nested_dataset_goes_from_beside_it_to_the_root() =>
        Assert.Equal(
            ["a/b/test.jsonl.evaluation.json", "a/b/evaluation.json", "a/evaluation.json", "evaluation.json"],
            DatasetNames.SpecCandidates("a/b/test.jsonl").Where(name => name.EndsWith(".json", StringComparison.Ordinal))
        );

    [Fact]
    public void SpecCandidates_dataset_at_the_root_names_the_root_once() =>
        Assert.Equal(
            ["test.jsonl.evaluation.json", "test.jsonl.evaluation.yaml", "evaluation.json", "evaluation.yaml"],
            DatasetNames.SpecCandidates("test.jsonl")
        );

    [Theory]
    [InlineData("a/test.jsonl.evaluation.json", true)]
    [InlineData("a/test.jsonl.evaluation.yaml", true)]
    [InlineData("a/evaluation.json", false)]
    [InlineData("a/other.jsonl.evaluation.json", false)]
    public void IsOwnSpec_is_the_spec_with_the_datasets_name(string specName, bool expected) =>
        Assert.Equal(expected, DatasetNames.IsOwnSpec(specName, "a/test.jsonl"));

    [Theory]
    [InlineData("test.jsonl", "")]
    [InlineData("tickets/test.jsonl", "tickets")]
    [InlineData("a/b/test.jsonl", "a/b")]
    public void SuiteOf_is_the_folder(string name, string suite) => Assert.Equal(suite, DatasetNames.SuiteOf(name));

    [Theory]
    [InlineData("tickets/evaluation.json", "train.jsonl", "tickets/train.jsonl")]
    [InlineData("evaluation.json", "train.jsonl", "train.jsonl")]
    [InlineData("a/b/test.jsonl.evaluation.yaml", "data/train.csv", "a/b/data/train.csv")]
    [InlineData("tickets/evaluation.json", "./data//train.jsonl", "tickets/data/train.jsonl")]
    public void TrainingFileOf_is_relative_to_the_spec(string specName, string file, string expected)
    {
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            TrainingFile = file,
        };
        Assert.Equal(expected, DatasetNames.TrainingFileOf(specName, spec.TrainingFile));
    }
}
