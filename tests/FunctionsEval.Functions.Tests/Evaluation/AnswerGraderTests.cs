using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Evaluation;

public sealed class AnswerGraderTests
{
    /// <summary>Texts that are equal but for white space around them have one embedding.</summary>
    [Fact]
    public async Task Texts_are_embedded_without_the_white_space_around_them()
    {
        await using var harness = await CallHarness.StartAsync(
            [("Models:0:Api", "Embeddings")],
            Replies.Json(200, """{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1,2]}]}""")
        );
        var grader = new AnswerGrader(new SimilaritySpec("semantic_similarity", "m"), harness.Caller.CallAsync);

        var (grade, _) = await grader.GradeAsync(
            new GradedAnswer(
                new Sample
                {
                    Id = "s",
                    Offset = 0,
                    References = ["a cat\n"],
                },
                "\u2003a cat \n"
            ),
            CancellationToken.None,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            ["a cat", "a cat"],
            Assert.Single(harness.Server.Ledger).Body.GetProperty("input").EnumerateArray().Select(text => text.GetString())
        );
        Assert.Equal((GradeOutcome.Graded, 1.0), (grade!.Outcome, Math.Round(grade.Score!.Value, 12)));
    }
}
