using CsCheck;
using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Tests.Metrics.Fields;

public sealed class ValueComparerTests
{
    private const string Exact = "\"exact\"";
    private const string Text = "\"text\"";
    private const string Day = "\"date\"";
    private const string NearSet = """{"compare":"set","items":{"compare":"number","absolute":0.1}}""";
    private const string List = """{"compare":"list","key":"sku","fields":{"name":"text"}}""";

    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("1", "\"1\"", false)]
    [InlineData("9007199254740993", "9007199254740992", false)]
    [InlineData("\"a\"", "\"A\"", false)]
    [InlineData("true", "false", false)]
    [InlineData("""{"a":1,"b":[2]}""", """{"b":[2.0],"a":1}""", true)]
    [InlineData("""{"a":1,"b":null}""", """{"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", false)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("[1]", "[1,1]", false)]
    [InlineData("[null]", "[0]", false)]
    [InlineData("{}", "[]", false)]
    public void Exact_compares_numbers_by_value_and_objects_without_order(string reference, string answer, bool isEqual) =>
        Assert.Equal(isEqual, Comparing.AreEqual(Exact, reference, answer));

    [Theory]
    [InlineData(Text, "\"Acme  GmbH \"", "\"acme gmbh\"", true)]
    [InlineData(Text, "\"ÜBER\"", "\"\u00a0über\"", true)]
    [InlineData(Text, "5.0", "\"5\"", true)]
    [InlineData(Text, "\"Acme, Inc.\"", "\"acme inc\"", false)]
    [InlineData("""{"compare":"text","ignore_punctuation":true}""", "\"Acme, Inc.\"", "\"acme inc\"", true)]
    [InlineData("""{"compare":"text","match_case":true}""", "\"Acme\"", "\"acme\"", false)]
    [InlineData(Text, """["A"]""", """["a"]""", true)]
    public void Text_compares_after_normalisation(string comparer, string reference, string answer, bool isEqual) =>
        Assert.Equal(isEqual, Comparing.AreEqual(comparer, reference, answer));

    [Theory]
    [InlineData("\"number\"", "1200", "\"1200.00\"", true)]
    [InlineData("\"number\"", "1200", "\"1,200\"", false)]
    [InlineData("""{"compare":"number","absolute":0.1}""", "1.0", "1.1", true)]
    [InlineData("""{"compare":"number","absolute":0.1}""", "1.0", "1.1000001", false)]
    [InlineData("""{"compare":"number","relative":0.01}""", "-200", "-202", true)]
    [InlineData("""{"compare":"number","relative":0.01}""", "-200", "-202.1", false)]
    [InlineData("""{"compare":"number","relative":0.01}""", "1e400", "5", false)]
    [InlineData("""{"compare":"number","relative":0.01}""", "1e300", "1.005e300", true)]
    [InlineData("""{"compare":"number","relative":0.01}""", "6.626e-34", "9.109e-31", false)]
    [InlineData("""{"compare":"number","relative":0.01}""", "6.626e-34", "6.63e-34", true)]
    [InlineData("""{"compare":"number","relative":0.01}""", "1e-30", "0", false)]
    [InlineData("""{"compare":"number","absolute":0.1}""", "100000000000000000000.1", "100000000000000000000.2", true)]
    [InlineData("""{"compare":"number","absolute":0.1}""", "100000000000000000000.1", "100000000000000000000.3", false)]
    [InlineData("""{"compare":"number","absolute":1}""", "\"none\"", "\"none\"", true)]
    [InlineData("""{"compare":"number","absolute":1}""", "1", "true", false)]
    public void Number_compares_within_its_tolerance(string comparer, string reference, string answer, bool isEqual) =>
        Assert.Equal(isEqual, Comparing.AreEqual(comparer, reference, answer));

    [Theory]
    [InlineData(Day, "\"2025-03-01\"", "\"20250301\"", true)]
    [InlineData(Day, "\"2025-03-01\"", "\"2025-03-01T23:59:59Z\"", true)]
    [InlineData(Day, "\"2025-03-01\"", "\"2025-03-02\"", false)]
    [InlineData(Day, "\"2025-03-01\"", "\"1 March 2025\"", false)]
    [InlineData("""{"compare":"date","formats":["d MMMM yyyy"]}""", "\"2025-03-01\"", "\"1 March 2025\"", true)]
    [InlineData("""{"compare":"date","precision":"second"}""", "\"2025-03-01T10:00:00Z\"", "\"2025-03-01T12:00:00+02:00\"", true)]
    [InlineData("""{"compare":"date","precision":"second"}""", "\"2025-03-01\"", "\"2025-03-01T00:00:01\"", false)]
    [InlineData(Day, "\"on signing\"", "\"on signing\"", true)]
    [InlineData(Day, "20250301", "\"2025-03-01\"", false)]
    public void Date_compares_days_or_seconds(string comparer, string reference, string answer, bool isEqual) =>
        Assert.Equal(isEqual, Comparing.AreEqual(comparer, reference, answer));

    [Theory]
    [InlineData("\"set\"", "[1,2,2]", "[2.0,1]", 2, 2, 2)]
    [InlineData("\"set\"", """["a","b"]""", """["b","c","A"]""", 1, 2, 3)]
    [InlineData("""{"compare":"set","items":"text"}""", """["a","b"]""", """["b","c","A"]""", 2, 2, 3)]
    [InlineData("\"set\"", "\"a\"", """["a"]""", 1, 1, 1)]
    [InlineData("\"set\"", "[]", "[1]", 0, 0, 1)]
    [InlineData("\"set\"", """[{"a":1,"b":null}]""", """[{"a":1}]""", 1, 1, 1)]
    [InlineData(NearSet, "[1.0,1.1]", "[1.05,0.95]", 2, 2, 2)]
    [InlineData(NearSet, "[1.1,1.0]", "[1.05,0.95]", 2, 2, 2)]
    public void Set_counts_elements(string comparer, string reference, string answer, int matched, int expected, int given) =>
        Assert.Equal(new UnitCounts(matched, expected, given), Comparing.Count(comparer, reference, answer));

    [Theory]
    [InlineData("""[{"sku":1,"name":"Pot"},{"sku":2,"n":3}]""", """[{"n":3,"sku":2},{"name":"pot","sku":1}]""", 4, 4, 4)]
    [InlineData("""[{"sku":1,"n":1},{"sku":1,"n":2}]""", """[{"sku":1,"n":1}]""", 2, 4, 2)]
    [InlineData("""[{"sku":1,"n":1}]""", """[{"sku":2,"n":1}]""", 0, 2, 2)]
    [InlineData("""["a","b"]""", """["b"]""", 1, 2, 1)]
    [InlineData("[]", "[]", 0, 0, 0)]
    [InlineData("""[{"sku":1,"n":1},{"sku":1,"n":2}]""", """[{"sku":1,"n":2},{"sku":1,"n":1}]""", 4, 4, 4)]
    [InlineData("""[{"sku":1,"n":1},{"sku":1,"n":2}]""", """[{"sku":1,"n":2}]""", 2, 4, 2)]
    public void List_counts_the_values_of_elements_of_one_key(string reference, string answer, int matched, int expected, int given) =>
        Assert.Equal(new UnitCounts(matched, expected, given), Comparing.Count(List, reference, answer));

    [Theory]
    [InlineData("\"exakt\"", "metrics[0].c", "Did you mean exact?")]
    [InlineData("7", "metrics[0].c", "found a number")]
    [InlineData("{}", "metrics[0].c.compare", "is missing")]
    [InlineData("""{"compare":"list"}""", "metrics[0].c.key", "is missing")]
    [InlineData("""{"compare":"number","tolerance":1}""", "metrics[0].c.tolerance", "is no option of 'number'")]
    [InlineData("""{"compare":"number","absolute":-1}""", "metrics[0].c.absolute", "from 0")]
    [InlineData("""{"compare":"date","formats":["HH:mm"]}""", "metrics[0].c.formats[0]", "for example dd.MM.yyyy")]
    [InlineData("""{"compare":"set","items":"sett"}""", "metrics[0].c.items", "Did you mean set?")]
    public void Comparison_that_is_none_is_refused_with_its_place(string comparer, string path, string hint)
    {
        var exception = Assert.Throws<OptionException>(() => Comparing.Comparer(comparer));
        Assert.Equal(path, exception.Path);
        Assert.Contains(hint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Signatures_differ_where_comparisons_do()
    {
        string[] comparers =
        [
            Exact,
            Text,
            """{"compare":"text","match_case":true}""",
            "\"number\"",
            """{"compare":"number","absolute":0.5}""",
            """{"compare":"number","relative":0.5}""",
            Day,
            """{"compare":"date","precision":"second"}""",
            """{"compare":"date","formats":["dd.MM.yyyy"]}""",
            "\"set\"",
            """{"compare":"set","items":"text"}""",
            List,
            """{"compare":"list","key":"sku"}""",
            "\"ignore\"",
        ];
        Assert.Distinct(comparers.Select(comparer => Comparing.Comparer(comparer).Signature));
    }

    [Theory]
    [InlineData(Exact)]
    [InlineData(Text)]
    [InlineData("""{"compare":"number","absolute":0.5}""")]
    [InlineData(Day)]
    [InlineData("\"set\"")]
    [InlineData("""{"compare":"list","key":"a"}""")]
    public void Comparison_is_symmetric_and_every_value_equals_itself(string name)
    {
        var comparer = Comparing.Comparer(name);
        Gen.Select(Values.Any, Values.Any)
            .Sample(
                (reference, answer) =>
                {
                    var (first, second) = (Comparing.Json(reference), Comparing.Json(answer));
                    Assert.True(comparer.AreEqual(first, first));
                    Assert.Equal(comparer.AreEqual(first, second), comparer.AreEqual(second, first));
                    var (there, back) = (comparer.Count(first, second), comparer.Count(second, first));
                    Assert.Equal((there.Matched, there.Expected, there.Given), (back.Matched, back.Given, back.Expected));
                    Assert.InRange(there.Matched, 0, Math.Min(there.Expected, there.Given));
                },
                iter: 2_000
            );
    }

    [Theory]
    [InlineData(Exact)]
    [InlineData(Text)]
    [InlineData("\"set\"")]
    [InlineData("""{"compare":"list","key":"a"}""")]
    public void Order_of_members_decides_nothing(string name)
    {
        var comparer = Comparing.Comparer(name);
        Gen.Select(Values.Any, Gen.Int)
            .Sample(
                (value, seed) => Assert.True(comparer.AreEqual(Comparing.Json(value), Comparing.Json(Values.ShuffleMembers(value, seed)))),
                iter: 1_000
            );
    }
}
