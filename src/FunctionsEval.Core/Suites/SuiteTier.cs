using System.Text.Json.Serialization;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Suites;

/// <summary>How a dataset's verdict counts in the verdict of its suite.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SuiteTier>))]
public enum SuiteTier
{
    /// <summary>The suite fails where the dataset fails, and passes only where it passes.</summary>
    [JsonStringEnumMemberName("critical")]
    Critical,

    /// <summary>The suite passes only where the dataset passes; otherwise a person decides.</summary>
    [JsonStringEnumMemberName("supporting")]
    Supporting,

    /// <summary>What the dataset says is told, and decides nothing.</summary>
    [JsonStringEnumMemberName("advisory")]
    Advisory,
}

/// <summary>The tiers as they are written.</summary>
public static class SuiteTierNames
{
    /// <summary>A tier's written name: <c>critical</c>, <c>supporting</c> or <c>advisory</c>.</summary>
    public static string NameOf(SuiteTier tier) => EnumNames<SuiteTier>.NameOf(tier);

    /// <summary>The tier of a written name; false when there is none of this name.</summary>
    public static bool TryParse(string name, out SuiteTier tier) => EnumNames<SuiteTier>.TryGet(name, out tier);
}
