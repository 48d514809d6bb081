using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Fuzzing;

/// <summary>
/// Files of predictions: every line is an answer, none, or the documented error, and what comes out can be written as JSON.
/// </summary>
public sealed class PredictionFuzzTests
{
    private static readonly EvaluationSpec[] Specs =
    [
        .. new[]
        {
            """{"task":"classification","model":"m","labels":["a","b"],"slices":["lang"],"metrics":["accuracy","f1","confusion_matrix",{"name":"cohen_kappa","weights":"quadratic"},"mcc","average_precision","balanced_accuracy","top_k_accuracy","roc_auc","log_loss","brier","calibration",{"name":"accuracy","parse":"lenient"}],"positiveLabel":"a","intervals":{"replicates":20}}""",
            """{"task":"generation","model":"m","metrics":["exact_match","rouge","bleu","chrf","ter","wer","cer","contains","squad",{"name":"semantic_similarity","model":"e"},"self_perplexity",{"name":"judge","model":"j","rubric":"{{ answer }}","scale":[1,5]}],"intervals":{"replicates":20}}""",
            """{"task":"language_modelling","model":"m","intervals":{"replicates":20}}""",
            """{"task":"multiple_choice","model":"m","intervals":{"replicates":20}}""",
            """{"task":"classification","model":"m","labels":["1","2"],"parsing":{"method":"integer"},"intervals":{"replicates":0}}""",
            """{"task":"classification","model":"m","labels":["a","b"],"parsing":{"method":"json_field","field":"label"},"intervals":{"replicates":0}}""",
        }.Select(json => SpecReader.Read(json, "evaluation.json")),
    ];

    private static readonly string[] Names =
    [
        "id",
        "offset",
        "repeat",
        "leak",
        "tags",
        "references",
        "reference",
        "expected",
        "label",
        "ideal",
        "item",
        "text",
        "prediction",
        "outcome",
        "reason",
        "logProbability",
        "logProbabilityTokens",
        "lenientPrediction",
        "labelProbabilities",
        "unresolvedLabelMass",
        "choices",
        "grades",
        "candidate",
        "baseline",
        "isPartial",
    ];

    private static readonly string[] Values =
    [
        "null",
        "true",
        "\"a\"",
        "\"b\"",
        "\"\"",
        "\" a\"",
        "\"scored\"",
        "\"unparsable\"",
        "\"\\ud83d\"",
        "0",
        "-1",
        "1.5",
        "-3.25",
        "1e999",
        "1e-400",
        "99999999999999999999",
        "[]",
        "[\"a\"]",
        "[null]",
        "{}",
        "{\"a\":0.5,\"b\":0.5}",
        "{\"lang\":\"de\"}",
        "{\"label\":\"a\"}",
        "{\"judge\":{\"outcome\":\"graded\",\"score\":3}}",
        "{\"judge\":null}",
        "NaN",
        "[[",
        "\"{\\\"label\\\":\\\"a\\\"}\"",
        "[{\"text\":\"a\",\"logLikelihood\":-1.5,\"isGreedy\":true,\"isGold\":true},{\"text\":\"\",\"logLikelihood\":-2,\"isGreedy\":false,\"isGold\":false}]",
    ];

    [Fact]
    public void File_of_predictions_gives_a_result_that_can_be_written_or_the_documented_error() =>
        Fuzz.Run(
            1500,
            64 << 20,
            random =>
            {
                var spec = Specs[random.Next(Specs.Length)];
                var reader = new PredictionReader(spec);
                List<AnswerPair> answers = [];
                for (var line = 1; line <= 4; line++)
                {
                    var text = Line(random, depth: 0);
                    if (random.Next(3) == 0)
                    {
                        text = Encoding.UTF8.GetString(Fuzz.Mutated(random, Encoding.UTF8.GetBytes(text), Values));
                    }

                    try
                    {
                        if (reader.Read(text, line) is { } answer)
                        {
                            answers.Add(answer);
                        }
                    }
                    catch (PredictionException error)
                    {
                        Assert.Equal(line, error.Line);
                        Assert.NotEmpty(error.Message);
                    }
                }

                foreach (var group in answers.GroupBy(answer => answer.Baseline is not null))
                {
                    JsonSerializer.Serialize(OfflineScore.Compute(spec, group));
                }
            }
        );

    private static string Line(Random random, int depth)
    {
        List<string> fields = depth == 0 && random.Next(2) == 0 ? ["\"reference\":\"a\"", "\"prediction\":\"a\""] : [];
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var name = Names[random.Next(Names.Length)];
            var isNested = depth == 0 && name is "candidate" or "baseline" or "item" && random.Next(4) > 0;
            fields.Add($"\"{name}\":{(isNested ? Line(random, depth + 1) : Values[random.Next(Values.Length)])}");
        }

        return $"{{{string.Join(',', fields)}}}";
    }
}
