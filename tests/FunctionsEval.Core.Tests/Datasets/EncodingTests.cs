using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>A file in another encoding or with another delimiter is called what it is. The oracle is the encoding that wrote it.</summary>
public sealed class EncodingTests
{
    static EncodingTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("windows-1252", "WINDOWS-1252", "Où est ma commande ? J’ai déjà payé.", "Wo bleibt mein Päckchen? Schöne Grüße")]
    [InlineData("iso-8859-1", "WINDOWS-1252", "¿Dónde está mi paquete? Mañana viajo.", "Não recebi a devolução")]
    [InlineData("windows-1251", "WINDOWS-1251", "Где моя посылка? Скажите, пожалуйста.", "Я заплатил дважды, верните деньги")]
    [InlineData("gb18030", "GB18030", "我的包裹在哪里？请告诉我。", "我付了两次钱，请退款")]
    [InlineData("big5", "BIG5", "我的包裹在哪裡？請告訴我。", "我付了兩次錢，請退款給我")]
    [InlineData("shift_jis", "SHIFT_JIS", "荷物はどこですか？教えてください。", "二回も支払いました")]
    [InlineData("euc-jp", "EUC-JP", "荷物はどこですか？教えてください。", "二回も支払いました")]
    [InlineData("euc-kr", "EUC-KR", "제 소포는 어디에 있나요? 알려 주세요.", "두 번 결제했습니다")]
    public async Task Text_in_a_legacy_encoding_is_named(string encoding, string name, string first, string second)
    {
        foreach (
            var (format, text) in new (DatasetFormat, string)[]
            {
                (JsonlFormat.Instance, $$"""{"text":"{{first}}","label":"x"}""" + "\n" + $$"""{"text":"{{second}}","label":"x"}""" + "\n"),
                (CsvFormat.Csv, $"text,label\n\"{first}\",x\n\"{second}\",x\n"),
            }
        )
        {
            var e = await RefusedAsync(Encoding.GetEncoding(encoding).GetBytes(text), format);
            Assert.Equal(MalformedReasons.InvalidUtf8, e.Code);
            Assert.Contains($"`iconv -f {name} -t UTF-8`", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(first, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Header_in_a_legacy_encoding_is_named()
    {
        var e = await RefusedAsync(Encoding.GetEncoding("windows-1252").GetBytes("text;Kategorie für Tests\na;x\n"), CsvFormat.Csv);
        Assert.Equal((DatasetProblems.Encoding, (int?)1), (e.Code, e.Line));
        Assert.Contains("WINDOWS-1252", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16", true, "UTF-16")]
    [InlineData("utf-16BE", true, "UTF-16")]
    [InlineData("utf-16", false, "UTF-16LE")]
    [InlineData("utf-16BE", false, "UTF-16BE")]
    [InlineData("utf-32", true, "UTF-32")]
    public async Task Utf16_and_utf32_are_named_as_iconv_knows_them_in_any_script(string encoding, bool hasMark, string name)
    {
        foreach (
            var text in new[]
            {
                "{\"text\":\"plain\",\"label\":\"x\"}\n",
                "{\"text\":\"我的包裹在哪里？请告诉我，谢谢你们的帮助。\",\"label\":\"积极\"}\n",
            }
        )
        {
            var of = Encoding.GetEncoding(encoding);
            var e = await RefusedAsync([.. hasMark ? of.GetPreamble() : [], .. of.GetBytes(text)], JsonlFormat.Instance);
            Assert.Equal(DatasetProblems.Encoding, e.Code);
            Assert.Contains($"`iconv -f {name} -t UTF-8`", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("jsonl", "{\"text\":\"a\",\"label\":\"x\"}\r{\"text\":\"b\",\"label\":\"x\"}\r")]
    [InlineData("csv", "text,label\ra,x\rb,x\r")]
    [InlineData("csv", "text,label\ra,x\rb,x\r\n")]
    public async Task Line_ends_of_carriage_returns_alone_are_told_with_the_fix(string format, string text) =>
        Assert.Contains(
            "tr '\\r' '\\n'",
            (await RefusedAsync(Encoding.UTF8.GetBytes(text), Format(format))).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("csv", "text;label\na;x\n", "semicolons", "delimiter=';'")]
    [InlineData("csv", "\"text\";\"label\"\na;x\n", "semicolons", "delimiter=';'")]
    [InlineData("csv", "id;text, all of it;label\n1;a;x\n", "semicolons", "delimiter=';'")]
    [InlineData("csv", "text|label\na|x\n", "vertical bars", "delimiter='|'")]
    [InlineData("csv", "text\tlabel\na\tx\n", "tabs", ".tsv")]
    [InlineData("tsv", "text,label\na,x\n", "commas", ".csv")]
    [InlineData("csv", "sep=;\ntext;label\na;x\n", "sep=", "Remove it")]
    [InlineData("csv", "{\"text\":\"a\",\"label\":\"x\"}\n", "JSON", ".jsonl")]
    public async Task Delimiter_that_the_format_does_not_have_is_named(string format, string text, string name, string fix)
    {
        var e = await RefusedAsync(Encoding.UTF8.GetBytes(text), Format(format));
        Assert.Equal((DatasetProblems.Delimiter, (int?)1), (e.Code, e.Line));
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Contains(fix, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_byte_order_mark_is_no_part_of_a_columns_name() =>
        Assert.Equal("a", (await ReadSampleAsync("\uFEFF\uFEFFtext,label\na,x\n", Options(CsvFormat.Csv))).Input);

    private static Task<DatasetException> RefusedAsync(byte[] bytes, DatasetFormat format) =>
        Assert.ThrowsAsync<DatasetException>(() =>
            DatasetProbe.CheckAsync(
                Range(bytes),
                bytes.Length,
                "t",
                new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" }.ReadOptions(format),
                new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" }
                    .Limits
                    .MaxMalformedShare,
                TestContext.Current.CancellationToken
            )
        );
}
