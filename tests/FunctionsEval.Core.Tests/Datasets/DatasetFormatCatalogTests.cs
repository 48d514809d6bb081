using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class DatasetFormatCatalogTests
{
    /// <summary>The numbers are those in the manifests of runs that earlier versions began.</summary>
    [Fact]
    public void Format_is_its_number_in_json()
    {
        DatasetFormat[] formats = [JsonlFormat.Instance, CsvFormat.Csv, CsvFormat.Tsv];
        Assert.Equal("[0,1,2]", JsonSerializer.Serialize(formats));
        Assert.Equal(formats, JsonSerializer.Deserialize<DatasetFormat[]>("[0,1,2]"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DatasetFormat>("3"));
    }

    [Fact]
    public void Numbers_and_endings_are_of_one_format_each()
    {
        Assert.Distinct(DatasetFormatCatalog.All.Select(format => format.Code));
        Assert.Distinct(DatasetFormatCatalog.All.SelectMany(format => format.Extensions));
    }

    [Fact]
    public void Find_ignores_letter_case_and_gives_null_for_no_dataset()
    {
        Assert.Same(JsonlFormat.Instance, DatasetFormatCatalog.Find(".NdJson"));
        Assert.Null(DatasetFormatCatalog.Find(".parquet"));
        Assert.Null(DatasetFormatCatalog.Find(""));
    }

    [Fact]
    public void Sentences_name_every_format()
    {
        Assert.Equal("JSONL, CSV or TSV", DatasetFormatCatalog.Names);
        Assert.Equal(".jsonl, .ndjson, .csv, .tsv", DatasetFormatCatalog.Extensions);
        Assert.Equal("JSONL (.jsonl, .ndjson), CSV (.csv) or TSV (.tsv)", DatasetFormatCatalog.Described);
    }
}
