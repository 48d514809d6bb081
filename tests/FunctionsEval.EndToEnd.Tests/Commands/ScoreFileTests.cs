using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>Offline scores of files of several batches.</summary>
public sealed class ScoreFileTests : IDisposable
{
    private const int Rows = 12_000;

    private static readonly EvaluationSpec Spec = SpecReader.Read(
        """{"task":"generation","model":"m","baseline":"b","metrics":["bleu","rouge","exact_match","ter"],"slices":["language"],"intervals":{"replicates":100}}""",
        "evaluation.json"
    );

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Score_on_any_number_of_threads_has_the_same_bytes()
    {
        var file = Write(Lines());

        var expected = Json(new PredictionFile(file, Spec).Score(threads: 1));

        Assert.Equal(expected, Json(new PredictionFile(file, Spec).Score(threads: 2)));
        Assert.Equal(expected, Json(new PredictionFile(file, Spec).Score(threads: 7)));
        Assert.Equal(expected, Json(OfflineScore.Compute(Spec, new PredictionFile(file, Spec).Read())));
    }

    [Fact]
    public void Score_of_a_compressed_file_is_that_of_the_plain_one_and_half_of_it_has_none()
    {
        var file = Write(Lines());
        var packed = file + ".gz";
        using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
        {
            gzip.Write(File.ReadAllBytes(file));
        }

        Assert.Equal(Json(new PredictionFile(file, Spec).Score(threads: 2)), Json(new PredictionFile(packed, Spec).Score(threads: 2)));

        File.WriteAllBytes(packed, File.ReadAllBytes(packed)[..^1000]);
        var fault = Assert.Throws<AggregateException>(() => new PredictionFile(packed, Spec).Score(threads: 1)).Flatten();
        Assert.Contains("It is not whole", Assert.IsType<LocalHostException>(fault.InnerException).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_of_a_file_with_several_faults_names_the_first_one_whatever_the_number_of_threads()
    {
        var lines = Lines();
        foreach (var fault in new[] { 5_000, 7_000, 9_999 })
        {
            lines[fault - 1] = "{ not JSON";
        }

        var file = Write(lines);

        foreach (var threads in new[] { 1, 2, 7 })
        {
            Assert.Contains("line 5000,", Assert.Throws<LocalHostException>(() => new PredictionFile(file, Spec).Score(threads)).Message);
        }
    }

    [Fact]
    public void Score_of_a_file_with_a_baseline_on_some_lines_only_names_the_first_line_without()
    {
        var lines = Lines();
        lines[6_000] = """{"id":"x","references":["a"],"candidate":{"prediction":"a"}}""";

        Assert.Contains(
            "line 6001:",
            Assert.Throws<LocalHostException>(() => new PredictionFile(Write(lines), Spec).Score(threads: 2)).Message
        );
    }

    [Fact]
    public void Score_of_a_file_that_is_not_utf8_says_so()
    {
        var file = Write(Lines());
        using (var stream = new FileStream(file, FileMode.Append))
        {
            stream.Write([0x7B, 0xFF, 0x7D]);
        }

        var fault = Record.Exception(() => new PredictionFile(file, Spec).Score(threads: 2));
        Assert.Contains("is not UTF-8", (fault as AggregateException)?.InnerException?.Message ?? fault!.Message);
    }

    [Fact]
    public void Score_of_a_file_with_a_fault_before_bytes_that_are_not_utf8_names_the_fault()
    {
        var file = Write([Lines()[0], "{ not JSON"]);
        using (var stream = new FileStream(file, FileMode.Append))
        {
            stream.Write([0x7B, 0xFF, 0x7D]);
        }

        Assert.Contains("line 2,", Assert.Throws<LocalHostException>(() => new PredictionFile(file, Spec).Score(threads: 2)).Message);
    }

    /// <summary>Oracle: <see cref="StringReader.ReadLine"/>, which ends lines with LF, CR LF and CR.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a\n")]
    [InlineData("a\r\nb\r\n")]
    [InlineData("a\rb\r\rc")]
    [InlineData("\n\r\n\r\r\n\n")]
    [InlineData("\uFEFFa\r")]
    public void Lines_are_those_of_the_framework_wherever_a_block_ends(string text)
    {
        foreach (var padding in new[] { 0, 65_533, 65_534, 65_535, 65_536 })
        {
            var padded = text.Insert(text.StartsWith('\uFEFF') ? 1 : 0, new string('x', padding));
            var file = _directory.Combine("lines.txt");
            File.WriteAllText(file, padded);
            using var expected = new StringReader(padded.TrimStart('\uFEFF'));

            foreach (var (index, (number, line)) in new LineReader(file).Read().SelectMany(block => block.Lines()).Index())
            {
                Assert.Equal((expected.ReadLine(), index + 1), (Encoding.UTF8.GetString(line.Span), number));
            }

            Assert.Null(expected.ReadLine());
        }
    }

    [Fact]
    public void A_file_of_utf16_is_read_by_its_mark()
    {
        var file = _directory.Combine("lines.txt");
        File.WriteAllText(file, "é\nb", Encoding.Unicode);
        Assert.Equal(
            ["é", "b"],
            new LineReader(file).Read().SelectMany(block => block.Lines()).Select(line => Encoding.UTF8.GetString(line.Line.Span))
        );
    }

    [Fact]
    public void Line_that_is_too_long_to_be_held_is_an_error_that_names_it()
    {
        var file = _directory.Combine("lines.txt");
        File.WriteAllText(file, "short\n[" + new string(' ', 200_000) + "]\n");

        var fault = Assert.Throws<LocalHostException>(() => new LineReader(file, maxCharacters: 150_000).Read().Count());

        Assert.Contains("line 2: is longer than 150,000 characters", fault.Message, StringComparison.Ordinal);
        Assert.Contains("jq -c '.[]'", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static string Json(EvaluationResult result) => JsonSerializer.Serialize(result);

    private string Write(IEnumerable<string> lines)
    {
        var file = _directory.Combine("answers.jsonl");
        File.WriteAllLines(file, lines);
        return file;
    }

    private static string[] Lines()
    {
        var random = new Random(11);
        return
        [
            .. Enumerable
                .Range(0, Rows)
                .Select(index =>
                    JsonSerializer.Serialize(
                        new
                        {
                            id = index.ToString(CultureInfo.InvariantCulture),
                            references = new[] { Text(random) },
                            tags = new { language = index % 3 == 0 ? "de" : "fr" },
                            candidate = new { outcome = index % 17 == 0 ? "content_filtered" : "scored", prediction = Text(random) },
                            baseline = new { prediction = Text(random) },
                        }
                    )
                ),
        ];
    }

    private static string Text(Random random) =>
        string.Join(
            ' ',
            Enumerable
                .Range(0, 12)
                .Select(_ =>
                    random.Next(40) switch
                    {
                        0 => "größer",
                        1 => "中文",
                        var word => $"w{word}",
                    }
                )
        );
}
