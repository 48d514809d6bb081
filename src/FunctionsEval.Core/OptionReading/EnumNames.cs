using System.Reflection;
using System.Text.Json.Serialization;

namespace FunctionsEval.Core.OptionReading;

/// <summary>The names that an enum's members have in JSON.</summary>
internal static class EnumNames<TEnum>
    where TEnum : struct, Enum
{
    private static readonly Dictionary<string, TEnum> ByName = Enum.GetValues<TEnum>()
        .ToDictionary(value => typeof(TEnum).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name);

    private static readonly Dictionary<TEnum, string> ByValue = ByName.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>All names, in the enum's order.</summary>
    public static IEnumerable<string> All => ByName.Keys;

    public static bool TryGet(string name, out TEnum value) => ByName.TryGetValue(name, out value);

    public static string NameOf(TEnum value) => ByValue[value];
}
