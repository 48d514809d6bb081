using System.Globalization;
using System.Text.RegularExpressions;
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
        nameof(ModelOptions.TokenScope),
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
        nameof(ModelOptions.ResourceId),
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
        private readonly ModelSettings _settings = new(section, SectionName, failures);

        public ModelOptions? ReadModel()
        {
            CheckNames();
            var name = ReadName();
            var provider = _settings.Choice(nameof(ModelOptions.Provider), ModelProviders.All) ?? ModelProviders.Default;
            var address = new ModelAddressReader(_settings, provider).Read(name);
            var key = ReadKey(provider);
            var model = new ModelOptions
            {
                Name = name,
                Section = section.Key,
                Provider = provider,
                Endpoint = address.Endpoint,
                Deployment = address.Deployment,
                ApiKey = key,
                TokenScope = ReadScope(provider, key),
                ApiVersion = address.ApiVersion,
                Api = address.Api,
                Timeout =
                    _settings.Number<TimeSpan>(nameof(ModelOptions.Timeout), "a time from 00:00:01 to 01:00:00, such as 00:01:40")
                    ?? TimeSpan.FromSeconds(100),
                MaxConcurrency = _settings.Number<int>(nameof(ModelOptions.MaxConcurrency), "a whole number from 1 to 1024") ?? 32,
                RequestsPerMinute = _settings.Number<int>(
                    nameof(ModelOptions.RequestsPerMinute),
                    "a whole number above 0, or leave it out"
                ),
                TokensPerMinute = _settings.Number<int>(nameof(ModelOptions.TokensPerMinute), "a whole number above 0, or leave it out"),
                InputPricePerMillionTokens = _settings.Number<decimal>(
                    nameof(ModelOptions.InputPricePerMillionTokens),
                    "an amount such as 0.15, or leave it out"
                ),
                CachedInputPricePerMillionTokens = ReadCachedPrice(),
                OutputPricePerMillionTokens = _settings.Number<decimal>(
                    nameof(ModelOptions.OutputPricePerMillionTokens),
                    "an amount such as 0.60, or leave it out"
                ),
                AllowImageAddresses = _settings.Flag(nameof(ModelOptions.AllowImageAddresses)),
                ResourceId = ReadResourceId(),
            };
            return _settings.Failures == 0 ? model : null;
        }

        private void CheckNames()
        {
            foreach (var child in section.GetChildren())
            {
                if (!Settings.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                {
                    _settings.Fail(child.Key, $"no such setting; the settings are {string.Join(", ", Settings)}.");
                }
            }
        }

        private string ReadName()
        {
            var name = _settings.Text(nameof(ModelOptions.Name)) ?? section.Key;
            if (name.Length > 128 || name.Any(char.IsControl))
            {
                _settings.Fail(nameof(ModelOptions.Name), "use at most 128 characters and no control characters.");
            }

            if (name.Count(c => c == '*') > 1)
            {
                _settings.Fail(
                    nameof(ModelOptions.Name),
                    "has more than one '*'; a template has exactly one, in place of the deployment's name."
                );
            }

            return name;
        }

        private string? ReadKey(ModelProvider provider)
        {
            var apiKey = _settings.Text(nameof(ModelOptions.ApiKey));
            if (apiKey is null && provider.MissingKey is { } missing)
            {
                _settings.Fail(nameof(ModelOptions.ApiKey), missing);
            }

            if (apiKey is not null && apiKey.Any(c => c is <= ' ' or > '~'))
            {
                _settings.Fail(
                    nameof(ModelOptions.ApiKey),
                    "has a space, line break or non-ASCII character; paste the key again. (Its value is not shown.)"
                );
            }

            return apiKey;
        }

        private string? ReadResourceId()
        {
            var resourceId = _settings.Text(nameof(ModelOptions.ResourceId));
            if (resourceId is not null && !AccountPattern().IsMatch(resourceId))
            {
                _settings.Fail(
                    nameof(ModelOptions.ResourceId),
                    "write the account's resource id: /subscriptions/…/resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/…."
                );
            }

            return resourceId;
        }

        private decimal? ReadCachedPrice()
        {
            const string Cached = nameof(ModelOptions.CachedInputPricePerMillionTokens);
            const string Input = nameof(ModelOptions.InputPricePerMillionTokens);
            var price = _settings.Number<decimal>(Cached, "an amount such as 0.075, or leave it out");
            if (price is not null && _settings.Text(Input) is not { } input)
            {
                _settings.Fail(Cached, $"needs {_settings.NameOf(Input)}, the price of prompt tokens that are not cached.");
            }
            else if (
                price is { } cached
                && decimal.TryParse(_settings.Text(Input), CultureInfo.InvariantCulture, out var full)
                && cached > full
            )
            {
                // A cost ceiling reserves the full price, so a higher one would break it.
                _settings.Fail(Cached, $"write at most {_settings.NameOf(Input)}.");
            }

            return price;
        }

        private string? ReadScope(ModelProvider provider, string? apiKey)
        {
            var scope = _settings.Text(nameof(ModelOptions.TokenScope));
            if (scope is null)
            {
                return null;
            }

            if (provider.MissingKey is not null)
            {
                _settings.Fail(nameof(ModelOptions.TokenScope), $"provider {provider} takes a key and no identity; remove it.");
            }
            else if (apiKey is not null)
            {
                _settings.Fail(
                    nameof(ModelOptions.TokenScope),
                    $"is for calls with the app's identity, but {_settings.NameOf(nameof(ModelOptions.ApiKey))} is set; remove one of them."
                );
            }
            else if (!TokenScopes.IsValid(scope))
            {
                _settings.Fail(nameof(ModelOptions.TokenScope), TokenScopes.Expected);
            }

            return scope;
        }
    }

    [GeneratedRegex(ModelOptions.AccountPattern)]
    private static partial Regex AccountPattern();
}
