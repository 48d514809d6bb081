using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// Reads the configured models and says, for each value that cannot be used, which setting it is and what to write instead.
/// </summary>
/// <remarks>Not the configuration binder, because its errors quote values, and a value in the wrong place can be a key.</remarks>
internal static partial class ModelOptionsReader
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Models";

    private static readonly string[] Settings =
    [
        nameof(ModelOptions.Name),
        nameof(ModelOptions.Provider),
        nameof(ModelOptions.Endpoint),
        nameof(ModelOptions.Deployment),
        nameof(ModelOptions.ApiKey),
        nameof(ModelOptions.Api),
        nameof(ModelOptions.ApiVersion),
        nameof(ModelOptions.Timeout),
        nameof(ModelOptions.MaxConcurrency),
        nameof(ModelOptions.RequestsPerMinute),
        nameof(ModelOptions.TokensPerMinute),
        nameof(ModelOptions.InputPricePerMillionTokens),
        nameof(ModelOptions.OutputPricePerMillionTokens),
    ];

    /// <summary>Reads every model of the section.</summary>
    /// <param name="configuration">The app's configuration.</param>
    /// <param name="failures">Receives one message for each value that cannot be used.</param>
    /// <returns>The models without failures, in the order of their keys.</returns>
    public static IReadOnlyList<ModelOptions> Read(IConfiguration configuration, ICollection<string> failures)
    {
        var models = new List<ModelOptions>();
        var sections = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetSection(SectionName).GetChildren())
        {
            var reader = new SectionReader(section, failures);
            if (reader.ReadModel() is not { } model)
            {
                continue;
            }

            if (sections.TryAdd(model.Name, section.Key))
            {
                models.Add(model);
            }
            else
            {
                failures.Add(
                    $"{model.Setting(nameof(ModelOptions.Name))}: the name '{model.Name}' is already that of Models__{sections[model.Name]}; give each model a name of its own."
                );
            }
        }
        return models;
    }

    private sealed class SectionReader(IConfigurationSection section, ICollection<string> failures)
    {
        private int _failures;

        public ModelOptions? ReadModel()
        {
            foreach (var child in section.GetChildren())
            {
                if (!Settings.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                {
                    Fail(child.Key, $"no such setting; the settings are {string.Join(", ", Settings)}.");
                }
            }

            var name = Text(nameof(ModelOptions.Name)) ?? section.Key;
            if (name.Length > 128 || name.Any(char.IsControl))
            {
                Fail(nameof(ModelOptions.Name), "use at most 128 characters and no control characters.");
            }

            var provider = Choice(nameof(ModelOptions.Provider), ModelProvider.AzureOpenAI);
            var endpoint = Endpoint(provider);
            var deployment = Text(nameof(ModelOptions.Deployment));
            if (deployment is null)
            {
                Fail(
                    nameof(ModelOptions.Deployment),
                    provider == ModelProvider.AzureOpenAI ? "missing; write the deployment's name." : "missing; write the model's id."
                );
            }

            if (name.Count(c => c == '*') > 1)
            {
                Fail(nameof(ModelOptions.Name), "has more than one '*'; a template has one, where the deployment's name goes.");
            }

            if (deployment is not null && name.Contains('*') != deployment.Contains('*'))
            {
                Fail(
                    nameof(ModelOptions.Deployment),
                    name.Contains('*')
                        ? "has no '*'; a template's deployment has one, where the end of the model's name goes."
                        : "has a '*', but the model's name has none; a template has it in both."
                );
            }

            var apiKey = Text(nameof(ModelOptions.ApiKey));
            if (apiKey is null && provider == ModelProvider.OpenAI)
            {
                Fail(nameof(ModelOptions.ApiKey), "missing; OpenAI needs a key (a server without keys is Provider OpenAICompatible).");
            }

            if (apiKey is not null && apiKey.Any(c => c is <= ' ' or > '~'))
            {
                Fail(
                    nameof(ModelOptions.ApiKey),
                    "has a space, line break or non-ASCII character; paste the key again. (Its value is not shown.)"
                );
            }

            var apiVersion = Text(nameof(ModelOptions.ApiVersion)) ?? ModelOptions.DefaultApiVersion;
            if (!ApiVersionPattern().IsMatch(apiVersion))
            {
                Fail(nameof(ModelOptions.ApiVersion), $"write a date such as {ModelOptions.DefaultApiVersion} or 2025-03-01-preview.");
            }

            var model = new ModelOptions
            {
                Name = name,
                Section = section.Key,
                Provider = provider,
                Endpoint = endpoint ?? new Uri("https://invalid"),
                Deployment = deployment ?? "",
                ApiKey = apiKey,
                Api = Choice(nameof(ModelOptions.Api), ModelApi.Chat),
                ApiVersion = apiVersion,
                Timeout =
                    Number<TimeSpan>(nameof(ModelOptions.Timeout), "a time from 00:00:01 to 01:00:00, such as 00:01:40")
                    ?? TimeSpan.FromSeconds(100),
                MaxConcurrency = Number<int>(nameof(ModelOptions.MaxConcurrency), "a whole number from 1 to 1024") ?? 32,
                RequestsPerMinute = Number<int>(nameof(ModelOptions.RequestsPerMinute), "a whole number above 0, or leave it out"),
                TokensPerMinute = Number<int>(nameof(ModelOptions.TokensPerMinute), "a whole number above 0, or leave it out"),
                InputPricePerMillionTokens = Number<decimal>(
                    nameof(ModelOptions.InputPricePerMillionTokens),
                    "an amount such as 0.15, or leave it out"
                ),
                OutputPricePerMillionTokens = Number<decimal>(
                    nameof(ModelOptions.OutputPricePerMillionTokens),
                    "an amount such as 0.60, or leave it out"
                ),
            };
            return _failures == 0 ? model : null;
        }

        private Uri? Endpoint(ModelProvider provider)
        {
            const string Property = nameof(ModelOptions.Endpoint);
            var text = Text(Property);
            if (text is null && provider == ModelProvider.OpenAI)
            {
                text = "https://api.openai.com/v1";
            }

            if (text is null)
            {
                Fail(
                    Property,
                    provider == ModelProvider.AzureOpenAI
                        ? "missing; write the resource's address, such as https://my-resource.openai.azure.com."
                        : "missing; write the API's base address, such as https://my-server/v1."
                );
                return null;
            }
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            {
                return Refuse("not an absolute address; write one such as https://my-resource.openai.azure.com.");
            }

            if (uri.UserInfo.Length > 0)
            {
                return Refuse($"has a user name or password in it; remove it and use {Setting(nameof(ModelOptions.ApiKey))}.");
            }

            if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            {
                return Refuse(
                    $"has a query; remove everything from '?' on (an api-version belongs in {Setting(nameof(ModelOptions.ApiVersion))})."
                );
            }

            if (uri.Scheme == "http" && !uri.IsLoopback)
            {
                return Refuse("is http; use https (http is allowed for this machine only).");
            }

            if (provider == ModelProvider.AzureOpenAI && uri.AbsolutePath.Contains("/openai", StringComparison.OrdinalIgnoreCase))
            {
                return Refuse("has the route in it; write the resource's address only, such as https://my-resource.openai.azure.com.");
            }

            if (uri.AbsolutePath.EndsWith("/completions", StringComparison.OrdinalIgnoreCase))
            {
                return Refuse(
                    "has the route in it; end the address before /chat/completions or /completions, such as https://my-server/v1."
                );
            }

            return new Uri(uri.AbsoluteUri.TrimEnd('/'));

            Uri? Refuse(string message)
            {
                Fail(Property, message);
                return null;
            }
        }

        private string? Text(string property) => section[property]?.Trim() is { Length: > 0 } value ? value : null;

        private T Choice<T>(string property, T absent)
            where T : struct, Enum
        {
            if (Text(property) is not { } text)
            {
                return absent;
            }

            if (Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value) && char.IsLetter(text[0]))
            {
                return value;
            }

            Fail(property, $"write one of {string.Join(", ", Enum.GetNames<T>())}.");
            return absent;
        }

        private T? Number<T>(string property, string expected)
            where T : struct, ISpanParsable<T>, IComparable<T>
        {
            if (Text(property) is not { } text)
            {
                return null;
            }

            var range = typeof(ModelOptions).GetProperty(property)!.GetCustomAttribute<RangeAttribute>()!;
            if (
                T.TryParse(text, CultureInfo.InvariantCulture, out var value)
                && value.CompareTo(Bound(range.Minimum)) >= 0
                && value.CompareTo(Bound(range.Maximum)) <= 0
            )
            {
                return value;
            }

            Fail(property, $"write {expected}.");
            return null;

            static T Bound(object bound) => T.Parse(Convert.ToString(bound, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture);
        }

        private string Setting(string property) => $"{SectionName}__{section.Key}__{property}";

        private void Fail(string property, string message)
        {
            _failures++;
            failures.Add($"{Setting(property)}: {message}");
        }
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}(-preview)?\z")]
    private static partial Regex ApiVersionPattern();
}
