using System.ComponentModel.DataAnnotations;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>The range of a setting that is a time. The message names the app setting and the range as it is written here.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeRangeAttribute : RangeAttribute
{
    private readonly string _section;
    private readonly string _range;

    /// <param name="section">The section of the options, with which the setting's name begins.</param>
    /// <param name="minimum">The least time, as <c>hh:mm:ss</c>.</param>
    /// <param name="maximum">The greatest time, as <c>hh:mm:ss</c> or <c>d.hh:mm:ss</c>.</param>
    public TimeRangeAttribute(string section, string minimum, string maximum)
        : base(typeof(TimeSpan), minimum, maximum)
    {
        (_section, _range) = (section, $"{minimum} to {maximum}");
        ParseLimitsInInvariantCulture = true;
        ConvertValueInInvariantCulture = true;
    }

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{_section}__{name}: write a time from {_range}.";
}
