using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs.Fields;

/// <summary>A list of tags by whose values metrics are also given.</summary>
internal sealed class SlicesFieldAttribute : TextListFieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type)
    {
        var slices = owner.DistinctTexts(name, MaxCount);
        return slices?.FirstOrDefault(SliceNames.Reserved.Contains) is { } reserved
            ? throw owner.Error(name, $"must not name '{reserved}': the app makes that slice itself.")
            : slices;
    }
}
