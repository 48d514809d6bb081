using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Tests.OptionReading;

public sealed class OptionSectionTests
{
    private static readonly OptionSection Sample = OptionSection.For(typeof(SampleSection));

    [Fact]
    public void Fields_are_the_declared_properties_in_order_those_of_the_base_first() =>
        Assert.Equal(["label", "maxRows", "level", "isOn", "inner"], Sample.Fields.Select(field => field.Name));

    [Fact]
    public void Field_that_is_absent_has_the_propertys_initial_value() =>
        Assert.Equal(new SampleSection { Label = "x" }, Read("""{"label":"x"}"""));

    [Fact]
    public void Every_kind_of_value_reaches_its_property() =>
        Assert.Equal(
            new SampleSection
            {
                Label = "x",
                MaxRows = 7,
                Level = null,
                IsOn = true,
                Inner = new InnerSection { Name = "n" },
            },
            Read("""{"label":"x","maxRows":7,"level":null,"isOn":true,"inner":{"name":"n"}}""")
        );

    [Theory]
    [InlineData("{}", "$.label: is missing: give a label.")]
    [InlineData("""{"label":"x","maxRow":1}""", "$.maxRow: is not a field of a spec. Did you mean maxRows?")]
    [InlineData(
        """{"label":"x","whatever":1}""",
        "$.whatever: is not a field of a spec. Known here: also, label, maxRows, level, isOn, inner."
    )]
    [InlineData("""{"label":"x","apiKey":1}""", "$.apiKey: is not a field of a spec. A spec names a model;")]
    [InlineData("""{"label":"x","inner":{"nam":"n"}}""", "$.inner.nam: is not a field of a spec. Did you mean name?")]
    [InlineData("""{"label":"x","level":0}""", "$.level: must be more than 0: half of nothing is nothing.")]
    public void Misfit_is_told_with_its_path(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<OptionException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Written_form_leaves_out_defaults_and_what_is_never_written_where_the_field_says_so()
    {
        Assert.Equal(["label", "level"], Sample.Write(new SampleSection { Label = "x" }).Keys.Order());
        Assert.Equal(
            ["inner", "label", "level", "maxRows"],
            Sample
                .Write(
                    new SampleSection
                    {
                        Label = "x",
                        MaxRows = 7,
                        IsOn = true,
                        Inner = new(),
                    }
                )
                .Keys.Order()
        );
    }

    private static SampleSection Read(string json) => (SampleSection)Sample.Read(new OptionReader("$", JsonElement.Parse(json)), "also");

    internal abstract record BaseSection
    {
        [TextField(Missing = "give a label")]
        public required string Label { get; init; }
    }

    internal sealed record SampleSection : BaseSection
    {
        [IntegerField(Minimum = 1, Written = Written.UnlessDefault)]
        public int? MaxRows { get; init; }

        [NumberField(Minimum = 0, ExcludesMinimum = true, Reason = "half of nothing is nothing", TakesNull = true)]
        public double? Level { get; init; } = 0.5;

        [FlagField(Written = Written.Never)]
        public bool IsOn { get; init; }

        [SectionField(Written = Written.UnlessDefault)]
        public InnerSection? Inner { get; init; }

        /// <summary>No field: nothing declares it.</summary>
        public string Derived => Label + MaxRows;
    }

    internal sealed record InnerSection
    {
        [TextField]
        public string? Name { get; init; }
    }
}
