using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
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
        nameof(ModelOptions.CachedInputPricePerMillionTokens),
        nameof(ModelOptions.OutputPricePerMillionTokens),
        nameof(ModelOptions.AllowImageAddresses),
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
                    $"{model.Setting(nameof(ModelOptions.Name))}: the name '{model.Name}' is already used by "
                        + $"Models__{sections[model.Name]}. Give each model its own name."
                );
            }
        }
        return models;
    }

    /// <summary>Reads one model.</summary>
    private sealed class SectionReader(IConfigurationSection section, ICollection<string> failures)
    {
        private int _failures;

        public ModelOptions? ReadModel()
        {
            CheckNames();
            var name = ReadName();
            var provider = Choice(nameof(ModelOptions.Provider), ModelProviders.All, ModelProviders.Default);
            var model = new ModelOptions
            {
                Name = name,
                Section = section.Key,
                Provider = provider,
                Endpoint = ReadEndpoint(provider) ?? new Uri("https://invalid"),
                Deployment = ReadDeployment(provider, name) ?? "",
                ApiKey = ReadKey(provider),
                ApiVersion = ReadApiVersion(),
                Api = Choice(nameof(ModelOptions.Api), ModelProtocols.All, ModelProtocols.Default),
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
                CachedInputPricePerMillionTokens = ReadCachedPrice(),
                OutputPricePerMillionTokens = Number<decimal>(
                    nameof(ModelOptions.OutputPricePerMillionTokens),
                    "an amount such as 0.60, or leave it out"
                ),
                AllowImageAddresses = Flag(nameof(ModelOptions.AllowImageAddresses)),
            };
            return _failures == 0 ? model : null;
        }

        private void CheckNames()
        {
            foreach (var child in section.GetChildren())
            {
                if (!Settings.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                {
                    Fail(child.Key, $"no such setting; the settings are {string.Join(", ", Settings)}.");
                }
            }
        }

        private string ReadName()
        {
            var name = Text(nameof(ModelOptions.Name)) ?? section.Key;
            if (name.Length > 128 || name.Any(char.IsControl))
            {
                Fail(nameof(ModelOptions.Name), "use at most 128 characters and no control characters.");
            }

            if (name.Count(c => c == '*') > 1)
            {
                Fail(nameof(ModelOptions.Name), "has more than one '*'; a template has exactly one, in place of the deployment's name.");
            }

            return name;
        }

        private string? ReadDeployment(ModelProvider provider, string name)
        {
            var deployment = Text(nameof(ModelOptions.Deployment));
            if (deployment is null)
            {
                Fail(nameof(ModelOptions.Deployment), provider.MissingDeployment);
            }
            else if (name.Contains('*') != deployment.Contains('*'))
            {
                Fail(
                    nameof(ModelOptions.Deployment),
                    name.Contains('*')
                        ? "has no '*'; a template's deployment has one, in place of the end of the model's name."
                        : "has a '*', but the model's name has none; a template has it in both."
                );
            }

            return deployment;
        }

        private string? ReadKey(ModelProvider provider)
        {
            var apiKey = Text(nameof(ModelOptions.ApiKey));
            if (apiKey is null && provider.MissingKey is { } missing)
            {
                Fail(nameof(ModelOptions.ApiKey), missing);
            }

            if (apiKey is not null && apiKey.Any(c => c is <= ' ' or > '~'))
            {
                Fail(
                    nameof(ModelOptions.ApiKey),
                    "has a space, line break or non-ASCII character; paste the key again. (Its value is not shown.)"
                );
            }

            return apiKey;
        }

        private string ReadApiVersion()
        {
            var apiVersion = Text(nameof(ModelOptions.ApiVersion)) ?? ModelOptions.DefaultApiVersion;
            if (!ApiVersionPattern().IsMatch(apiVersion))
            {
                Fail(nameof(ModelOptions.ApiVersion), $"write a date such as {ModelOptions.DefaultApiVersion} or 2025-03-01-preview.");
            }

            return apiVersion;
        }

        private decimal? ReadCachedPrice()
        {
            const string Cached = nameof(ModelOptions.CachedInputPricePerMillionTokens);
            const string Input = nameof(ModelOptions.InputPricePerMillionTokens);
            var price = Number<decimal>(Cached, "an amount such as 0.075, or leave it out");
            if (price is not null && Text(Input) is not { } input)
            {
                Fail(Cached, $"needs {Setting(Input)}, the price of prompt tokens that are not cached.");
            }
            else if (price is { } cached && decimal.TryParse(Text(Input), CultureInfo.InvariantCulture, out var full) && cached > full)
            {
                // A cost ceiling reserves the full price, so a higher one would break it.
                Fail(Cached, $"write at most {Setting(Input)}.");
            }

            return price;
        }

        private Uri? ReadEndpoint(ModelProvider provider)
        {
            if (Text(nameof(ModelOptions.Endpoint)) is not { } text)
            {
                if (provider.DefaultEndpoint is null)
                {
                    Fail(nameof(ModelOptions.Endpoint), provider.MissingEndpoint);
                }

                return provider.DefaultEndpoint;
            }

            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            {
                Fail(nameof(ModelOptions.Endpoint), "not an absolute address; write one such as https://my-resource.openai.azure.com.");
                return null;
            }

            if (CheckEndpoint(uri, provider) is { } wrong)
            {
                Fail(nameof(ModelOptions.Endpoint), wrong);
                return null;
            }

            return new Uri(uri.AbsoluteUri.TrimEnd('/'));
        }

        private string? CheckEndpoint(Uri uri, ModelProvider provider) =>
            uri.UserInfo.Length > 0 ? $"has a user name or password in it; remove it and use {Setting(nameof(ModelOptions.ApiKey))}."
            : uri.Query.Length > 0 || uri.Fragment.Length > 0
                ? $"has a query; remove everything from '?' on (an api-version belongs in {Setting(nameof(ModelOptions.ApiVersion))})."
            : uri.Scheme == "http" && !uri.IsLoopback ? "is http; use https (http is allowed for this machine only)."
            : provider.CheckEndpoint(uri)
                ?? (
                    uri.AbsolutePath.EndsWith("/completions", StringComparison.OrdinalIgnoreCase)
                    || uri.AbsolutePath.EndsWith("/responses", StringComparison.OrdinalIgnoreCase)
                        ? "has the route in it; end the address before /chat/completions, /completions or /responses, such as https://my-server/v1."
                        : null
                );

        private string? Text(string property) => section[property]?.Trim() is { Length: > 0 } value ? value : null;

        private T Choice<T>(string property, IReadOnlyList<T> all, T absent)
            where T : class
        {
            if (Text(property) is not { } text)
            {
                return absent;
            }

            if (all.FirstOrDefault(one => string.Equals(one.ToString(), text, StringComparison.OrdinalIgnoreCase)) is { } value)
            {
                return value;
            }

            Fail(property, $"write one of {string.Join(", ", all)}.");
            return absent;
        }

        private bool Flag(string property)
        {
            var value = false;
            if (Text(property) is { } text && !bool.TryParse(text, out value))
            {
                Fail(property, "write true or false.");
            }

            return value;
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
