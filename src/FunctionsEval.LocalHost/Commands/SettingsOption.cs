using System.CommandLine;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>The option <c>--set KEY=VALUE</c> of commands that start the app.</summary>
internal sealed class SettingsOption
{
    /// <summary>Creates the option.</summary>
    public SettingsOption() =>
        Option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"'{token.Value}' is not of the form KEY=VALUE.");
            }
        });

    /// <summary>The option.</summary>
    public Option<string[]> Option { get; } =
        new("--set")
        {
            Description = "An app setting; may be repeated. It wins over local.settings.json and the environment.",
            HelpName = "KEY=VALUE",
            DefaultValueFactory = _ => [],
        };

    /// <summary>The settings that are given.</summary>
    public Dictionary<string, string> Read(ParseResult parsed)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in parsed.GetRequiredValue(Option))
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            settings[setting[..equals]] = setting[(equals + 1)..];
        }

        return settings;
    }
}
