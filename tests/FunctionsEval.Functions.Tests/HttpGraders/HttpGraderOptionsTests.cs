using FunctionsEval.Functions.HttpGraders;

namespace FunctionsEval.Functions.Tests.HttpGraders;

public sealed class HttpGraderOptionsTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    [Theory]
    [InlineData("https://grader.example/score", Secret, 16, null)]
    [InlineData("http://127.0.0.1:8000/score", Secret, 16, null)]
    [InlineData("http://grader.example/score", Secret, 16, "Graders__Http__math__Url")]
    [InlineData("/score", Secret, 16, "Graders__Http__math__Url")]
    [InlineData("https://grader.example/score", "hunter2", 16, "Graders__Http__math__Secret")]
    [InlineData("https://grader.example/score", null, 16, "Graders__Http__math__Secret")]
    [InlineData("https://grader.example/score", Secret, 0, "Graders__Http__math__MaxBatch: write a whole number from 1 to 256.")]
    public void Setting_that_cannot_be_used_is_named(string url, string? secret, int maxBatch, string? told)
    {
        var options = new HttpGraderOptions();
        options.Http.Add(
            "math",
            new HttpGraderTarget
            {
                Url = new Uri(url, UriKind.RelativeOrAbsolute),
                Secret = secret,
                MaxBatch = maxBatch,
            }
        );

        var result = new HttpGraderOptionsValidator().Validate(null, options);

        Assert.Equal(told is not null, result.Failed);
        Assert.Contains(told ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.FailureMessage ?? "", StringComparison.Ordinal);
    }
}
