using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.Tests.Settings;

/// <summary>docs/settings.md has every setting that the app reads, as the code has it.</summary>
public sealed partial class SettingsDocumentationTests
{
    [Fact]
    public void Tables_are_what_the_options_say() => new GeneratedPart("settings.md", "settings").AssertIs(SettingsTable.Render());

    /// <summary>Whatever reads the configuration in another way than by a documented section is found in the source text.</summary>
    [Fact]
    public void Everything_that_is_read_from_the_configuration_is_in_the_document()
    {
        var constants = SettingsTable
            .SectionFields()
            .SelectMany(field => new[] { $"{field.DeclaringType!.Name}.{field.Name}", field.Name })
            .ToHashSet();
        var known = Document().Split('\n').SelectMany(line => Code().Matches(line)).Select(match => match.Groups[1].Value).ToHashSet();
        var reads = Repository
            .AppSources()
            .SelectMany(
                source => Read().Matches(source.Text),
                (source, match) => (File: Path.GetFileName(source.File), Argument: match.Groups["name"].Value.Trim())
            )
            .ToList();

        Assert.Contains(("AppSettings.cs", "EvaluationOptions.Section"), reads);
        Assert.All(
            reads,
            read =>
                Assert.True(
                    constants.Contains(read.Argument)
                        || known.Contains(read.Argument.Trim('"', '%').Replace(":", "__", StringComparison.Ordinal)),
                    $"{read.File} reads {read.Argument}, which docs/settings.md does not have. Give its options class a constant Section, or describe it there."
                )
        );
    }

    [Fact]
    public void Models_take_the_settings_of_the_table_and_no_other()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Models:0:Nonsense"] = "1" })
            .Build();
        List<string> failures = [];
        ModelOptionsReader.Read(configuration, failures);

        var taken = failures
            .Single(failure => failure.StartsWith("Models__0__Nonsense: ", StringComparison.Ordinal))
            .Split("the settings are ")[1]
            .TrimEnd('.')
            .Split(", ");
        Assert.Equal(taken.Order(StringComparer.Ordinal), SettingsTable.OfModel.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_name_in_the_example_settings_is_in_the_document()
    {
        using var example = JsonDocument.Parse(Repository.Read("local.settings.example.json"));
        Assert.All(
            example.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name),
            name => Assert.True(IsKnown(name), $"local.settings.example.json sets {name}, which docs/settings.md does not have.")
        );
    }

    [Fact]
    public void Every_setting_that_a_document_names_exists()
    {
        var named = Directory
            .EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Append(Repository.PathOf("README.md"))
            .SelectMany(file => SettingName().Matches(File.ReadAllText(file)), (file, match) => (File: Path.GetFileName(file), match.Value))
            .ToList();

        Assert.Contains(("fine-tuning.md", "FineTuning__Endpoint"), named);
        Assert.All(named, name => Assert.True(IsKnown(name.Value), $"{name.File} names {name.Value}, which the app does not read."));
    }

    private static bool IsKnown(string name) => SettingsTable.All.Any(setting => setting.IsCalled(name)) || HostSettings().Contains(name);

    /// <summary>Those that the host and the client libraries read; they are described by hand.</summary>
    private static HashSet<string> HostSettings() =>
        [
            .. Document()
                .Split("<!-- end: settings -->")[1]
                .Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .SelectMany(line => Code().Matches(line.Split('|')[1]))
                .Select(match => match.Groups[1].Value),
        ];

    private static string Document() => Repository.Read("docs", "settings.md").ReplaceLineEndings("\n");

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(
        """(?:(?:BindConfiguration|GetSection|GetConnectionString|GetEnvironmentVariable|GetValue<[^>(]+>)\((?=[^)])|[cC]onfiguration\[|Connection = )(?<name>"[^"]*"|[\w.]+)|(?<name>"%\w+%")"""
    )]
    private static partial Regex Read();

    [GeneratedRegex(
        @"\b(?:(?:Evaluation|ModelCalls|FineTuning|Telemetry|AzureWebJobsStorage|Notifications)__(?!Webhooks)|(?:Models|Notifications__Webhooks)__(?:[A-Za-z0-9-]+|\{\w+\})__)[A-Za-z]+"
    )]
    private static partial Regex SettingName();
}
