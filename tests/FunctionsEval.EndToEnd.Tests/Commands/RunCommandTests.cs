using System.Diagnostics;
using System.Text.Json;
using FunctionsEval.Core.Training;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary><c>run FILE</c> as a person runs it, beside an app that is up.</summary>
public sealed class RunCommandTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Theory]
    [InlineData("runfile", "evaluation.json", "train.jsonl", 0.75, 0)]
    [InlineData("rundeep", "evaluation.json", "data/train.jsonl", 0.9, 1)]
    [InlineData("runown", "test.jsonl.evaluation.json", "./train.jsonl", null, 2)]
    public async Task Training_file_that_the_spec_names_comes_with_the_dataset_and_the_verdict_is_the_exit_code(
        string suite,
        string specName,
        string training,
        double? minimum,
        int expected
    )
    {
        using var directory = new TemporaryDirectory();
        await WriteAsync(directory, specName, Spec(training, minimum));
        await WriteAsync(directory, training, string.Join('\n', Enumerable.Range(30, 50).Select(number => Parity.Row(suite, number))));
        await WriteAsync(directory, "test.jsonl", string.Join('\n', Parity.Rows(suite, 40)));

        var (code, output) = await RunAsync(directory, suite);

        Assert.True(code == expected, output);
        Assert.Contains("Completed, 40 of 40 answers", output, StringComparison.Ordinal);
        Assert.DoesNotContain("checked for leakage", output, StringComparison.Ordinal);
        var run = Assert.Single(await _app.RunsAsync($"{suite}/test.jsonl"));
        var leakage = (await _app.SummaryAsync(run.PartitionKey))["leakage"]!;
        Assert.Equal((50, 10), ((int)leakage["trainingRows"]!, (int)leakage["exact"]!));
    }

    [Fact]
    public async Task Training_file_that_is_missing_is_said_before_anything_is_uploaded_or_paid()
    {
        using var directory = new TemporaryDirectory();
        await WriteAsync(directory, "evaluation.json", Spec("train.jsonl", 0.5));
        await WriteAsync(directory, "test.jsonl", string.Join('\n', Parity.Rows("runless", 10)));

        var (code, output) = await RunAsync(directory, "runless");

        Assert.Equal(3, code);
        Assert.Contains(
            $"runless/evaluation.json names the training file train.jsonl, which is neither at {directory.Combine("train.jsonl")} nor in the container",
            output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(_app.Endpoint.Requests.Keys, prompt => prompt.StartsWith("runless ", StringComparison.Ordinal));
        Assert.False(await _app.Blobs.GetBlobContainerClient("datasets").GetBlobClient("runless/test.jsonl").ExistsAsync());

        // One that was uploaded before is as good.
        await _app
            .Blobs.GetBlobContainerClient("datasets")
            .GetBlobClient("runless/train.jsonl")
            .UploadAsync(BinaryData.FromString(Parity.Row("runless", 5)));
        (code, output) = await RunAsync(directory, "runless");
        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData("train.jsonl", TrainingIndex.MaxFileBytes + 1, "is larger than 64 MiB")]
    [InlineData("train.xlsx", 4, "is not JSONL, CSV or TSV")]
    public async Task Training_file_that_will_not_be_read_is_said_before_the_run(string training, long bytes, string expected)
    {
        using var directory = new TemporaryDirectory();
        await WriteAsync(directory, "evaluation.json", Spec(training, 0.5));
        await WriteAsync(directory, "test.jsonl", Parity.Row("rununread", 1));
        await using (var file = File.Create(directory.Combine(training)))
        {
            file.SetLength(bytes);
        }

        var notices = new List<string>();

        await new SuiteUploader(_app.Host.StorageConnectionString, notices.Add).DropAsync(
            directory.Combine("test.jsonl"),
            "rununread",
            TestContext.Current.CancellationToken
        );

        Assert.Equal($"Warning: samples will not be checked for leakage: the training file {training} {expected}.", notices[0]);
    }

    private static string Spec(string training, double? minimum) =>
        JsonSerializer
            .Serialize(
                new
                {
                    task = "classification",
                    model = "recorded",
                    trainingFile = training,
                    labels = new[] { "even", "odd" },
                    metrics = new[] { "accuracy" },
                    gate = new { rules = minimum is null ? [] : new[] { new { metric = "accuracy", minimum } } },
                }
            )
            .Replace(",\"gate\":{\"rules\":[]}", "", StringComparison.Ordinal);

    private static async Task WriteAsync(TemporaryDirectory directory, string name, string content)
    {
        var path = directory.Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(TemporaryDirectory directory, string suite)
    {
        using var instance = InstanceFile.Write(directory.Combine("instance.json"), _app.Host, sampleModelsUrl: null);
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    typeof(LocalFunctionsHost).Assembly.Location,
                    "run",
                    directory.Combine("test.jsonl"),
                    "--suite",
                    suite,
                    "--instance",
                    directory.Combine("instance.json"),
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
