using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Tests.OptionReading;

public sealed class OptionReaderTests
{
    private static readonly (string Json, string Message, Action<OptionReader> Read)[] Misfits =
    [
        ("""{"a":"yes"}""", "$.a: expected true or false, found a string.", reader => reader.Bool("a")),
        ("""{"a":1.5}""", "$.a: expected an integer, found a number.", reader => reader.Integer("a")),
        ("""{"a":0}""", "$.a: must be from 1 to 9.", reader => reader.Int("a", 1, 1, 9)),
        ("""{"a":0}""", "$.a: must be at least 1.", reader => reader.Integer("a", 1)),
        ("""{"a":[]}""", "$.a: expected a number, found a list.", reader => reader.Number("a")),
        ("""{"a":1e999}""", "$.a: is too large for a number.", reader => reader.Number("a")),
        ("""{"a":2}""", "$.a: must be from 0 to 0.5.", reader => reader.Number("a", 0, 0.5)),
        ("""{"a":5}""", "$.a: expected a string, found a number.", reader => reader.Text("a")),
        ("""{"a":"abc"}""", "$.a: is longer than 2 characters.", reader => reader.Text("a", maxLength: 2)),
        ("""{"a":" "}""", "$.a: is empty; leave the field out instead.", reader => reader.Text("a", canBeEmpty: false)),
        ("""{"a":"rred"}""", "$.a: expected one of green, red. Did you mean red?", reader => reader.Choice("a", "red", ["green", "red"])),
        ("""{"a":"b"}""", "$.a: expected a list, found a string.", reader => reader.Texts("a")),
        ("""{"a":["b",1]}""", "$.a[1]: expected a string, found a number.", reader => reader.Texts("a")),
        ("""{"a":["b","c"]}""", "$.a: has more than 1 entries.", reader => reader.Texts("a", maxCount: 1)),
        ("""{"a":["b",""]}""", "$.a[1]: is empty.", reader => reader.DistinctTexts("a")),
        ("""{"a":["b","b"]}""", "$.a[1]: is in the list twice.", reader => reader.DistinctTexts("a")),
        ("""{"a":[1,"b"]}""", "$.a[1]: expected a number, found a string.", reader => reader.Numbers("a")),
        ("""{"a":1,"colour":2}""", "$.colour: 'colour' is no option of 'x'. Did you mean color? Valid: a, color.", ReadTwo),
    ];

    [Fact]
    public void Value_that_is_no_object_is_refused() => AssertMisfit("$: expected an object, found a list.", "[]", _ => { });

    [Fact]
    public void Field_that_is_given_twice_is_refused() => AssertMisfit("$.a: is given twice.", """{"a":1,"a":1}""", _ => { });

    [Fact]
    public void Field_that_is_null_counts_as_absent()
    {
        var reader = Read("""{"a":null}""");

        Assert.False(reader.Has("a"));
        Assert.True(reader.IsNull("a"));
        Assert.False(reader.IsNull("b"));
        Assert.Null(reader.Text("a"));
        Assert.Null(reader.Number("a"));
        Assert.Null(reader.Integer("a"));
        Assert.Null(reader.Texts("a"));
        Assert.Null(reader.Numbers("a"));
        Assert.True(reader.Bool("a", fallback: true));
        Assert.Equal(7, reader.Int("a", 7, 0, 9));
        Assert.Equal("x", reader.Choice("a", "x", ["x", "y"]));
        Assert.Empty(reader.Fields);
    }

    [Fact]
    public void Values_are_read_by_their_names()
    {
        var reader = Read("""{"flag":true,"whole":3,"number":0.5,"text":"t","list":["a","a"],"numbers":[1,2.5]}""");

        Assert.True(reader.Bool("flag"));
        Assert.Equal(3, reader.Integer("whole"));
        Assert.Equal(0.5, reader.Number("number"));
        Assert.Equal("t", reader.Text("text"));
        Assert.Equal(["a", "a"], reader.Texts("list"));
        Assert.Equal([1, 2.5], reader.Numbers("numbers"));
    }

    [Fact]
    public void Misfit_says_where_and_what_is_expected() =>
        Assert.All(Misfits, misfit => AssertMisfit(misfit.Message, misfit.Json, misfit.Read));

    [Fact]
    public void Problem_within_an_object_has_the_path_of_both() =>
        Assert.Equal(
            "$.gate.rules[0].slice: must be tag=value.",
            Read("{}").Error(new OptionProblem("gate.rules[0].slice", "must be tag=value.")).Message
        );

    private static void ReadTwo(OptionReader reader)
    {
        reader.Integer("a");
        reader.Integer("color");
        reader.RefuseUnread("option of 'x'");
    }

    private static OptionReader Read(string json) => new("$", JsonElement.Parse(json));

    private static void AssertMisfit(string message, string json, Action<OptionReader> read) =>
        Assert.Equal(message, Assert.Throws<OptionException>(() => read(Read(json))).Message);
}
