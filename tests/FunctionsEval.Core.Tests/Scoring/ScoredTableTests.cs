using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Extraction;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

public sealed class ScoredTableTests
{
    private static readonly MetricTableKind Other = new()
    {
        Member = "histograms",
        RowsMember = "buckets",
        Columns = ["length", "answers"],
        Title = "Lengths",
    };

    [Fact]
    public void A_confusion_matrix_is_written_as_labels_and_counts() =>
        Assert.Equal(
            """{"role":"candidate","slice":"all","labels":["yes","no","may|be/\u00FC"],"counts":[[1,0,0,1],[0,0,0,0],[0,0,0,0]]}""",
            JsonSerializer.Serialize(Table("confusion_matrix", Sample("yes", "yes", 1), Sample("yes", null, 1)))
        );

    [Fact]
    public void Calibration_is_written_as_bins_with_names_and_the_signature() =>
        Assert.Equal(
            """{"role":"candidate","slice":"all","signature":"confidence:top_label|bins:2|edges:right_closed|probabilities:alternatives-20","bins":[{"index":1,"count":2,"averageConfidence":0.75,"accuracy":0.5}]}""",
            JsonSerializer.Serialize(Table("calibration", Sample("yes", "yes", 0.75), Sample("no", "yes", 0.75)))
        );

    [Theory]
    [InlineData("confusion_matrix")]
    [InlineData("calibration")]
    public void A_table_that_is_read_is_the_one_that_was_written(string metric)
    {
        var written = JsonSerializer.Serialize(Table(metric, Sample("yes", "no", 0.6), Sample("no", "no", 0.9)));
        var read = JsonSerializer.Deserialize<ScoredTable>(written)!;
        Assert.Equal(written, JsonSerializer.Serialize(read));
        Assert.Contains(read.Table.Kind, MetricCatalog.TableKinds);
    }

    [Fact]
    public void Kinds_of_tables_are_told_apart_by_the_member_of_their_rows() =>
        Assert.Distinct(MetricCatalog.TableKinds.Select(kind => kind.RowsMember));

    [Fact]
    public void A_table_of_fields_is_written_with_the_names_of_its_rows()
    {
        var metric = Samples.Create(ExtractionTask.Instance, "field_confusion", ("fields", new[] { "a", "b" }));
        var table = MetricScore.Report([metric], [new MetricSample { References = ["{\"a\":1}"], Prediction = "{\"a\":1,\"b\":2}" }]);
        var written = JsonSerializer.Serialize(table.Tables.Single());
        Assert.Contains(
            ""","labels":["a","b"],"fields":[{"correct":1,"wrong":0,"missing":0,"extra":0,"absent":0},{"correct":0""",
            written,
            StringComparison.Ordinal
        );
        Assert.Equal(written, JsonSerializer.Serialize(JsonSerializer.Deserialize<ScoredTable>(written)));
    }

    [Fact]
    public void A_kind_that_results_do_not_know_is_listed_under_its_own_member()
    {
        ScoredTable[] tables =
        [
            Table("confusion_matrix"),
            new(
                ModelRole.Candidate,
                MetricReport.AllSamples,
                new MetricTable
                {
                    Kind = Other,
                    Rows =
                    [
                        [2, 0.5],
                    ],
                }
            ),
        ];
        Assert.Single(ResultTables.ConfusionMatrices(tables));
        Assert.Empty(ResultTables.Calibration(tables));
        var (member, listed) = Assert.Single(ResultTables.Others(tables)!);
        Assert.Equal(
            ("histograms", """[{"role":"candidate","slice":"all","buckets":[{"length":2,"answers":0.5}]}]"""),
            (member, listed.GetRawText())
        );
    }

    private static ScoredTable Table(string metric, params MetricSample[] samples) =>
        MetricScore
            .Report(
                [
                    metric == "calibration"
                        ? Samples.Create(ClassificationTask.Instance, metric, ("bins", 2))
                        : Samples.Create(ClassificationTask.Instance, metric),
                ],
                samples
            )
            .Tables.Single();

    private static MetricSample Sample(string reference, string? prediction, double probability) =>
        new()
        {
            References = [reference],
            Prediction = prediction,
            LabelProbabilities = new Dictionary<string, double> { ["yes"] = probability, ["no"] = 1 - probability },
        };
}
