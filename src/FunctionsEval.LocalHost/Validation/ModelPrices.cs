using System.Collections;
using System.Globalization;
using FunctionsEval.Core.Costs;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>The names and prices of models in app settings, <c>Models__{key}__…</c>; nothing else of them is read.</summary>
internal sealed class ModelPrices
{
    private const string Section = "Models";

    private readonly Dictionary<string, TokenPrices?> _models = new(StringComparer.OrdinalIgnoreCase);

    private ModelPrices(IReadOnlyDictionary<string, string> settings)
    {
        var models = settings
            .Select(setting => (Parts: setting.Key.Replace("__", ":", StringComparison.Ordinal).Split(':'), setting.Value))
            .Where(setting => setting.Parts.Length == 3 && setting.Parts[0].Equals(Section, StringComparison.OrdinalIgnoreCase))
            .GroupBy(setting => setting.Parts[1], StringComparer.OrdinalIgnoreCase);
        foreach (var model in models)
        {
            var values = model
                .GroupBy(setting => setting.Parts[2], StringComparer.OrdinalIgnoreCase)
                .ToDictionary(setting => setting.Key, setting => setting.Last().Value, StringComparer.OrdinalIgnoreCase);
            _models[values.GetValueOrDefault("Name") is { Length: > 0 } name ? name : model.Key] = PricesOf(values);
        }
    }

    /// <summary>Whether no model is configured at all.</summary>
    public bool IsEmpty => _models.Count == 0;

    /// <summary>The configured names.</summary>
    public IReadOnlyCollection<string> Names => _models.Keys;

    /// <summary>Reads the settings of a file, the environment and the command line, each of which wins over those before it but the file
    /// over the environment.</summary>
    /// <param name="localSettings">The <c>local.settings.json</c>; null for none.</param>
    /// <param name="given">The settings of the command line.</param>
    public static ModelPrices Read(string? localSettings, IReadOnlyDictionary<string, string> given)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            settings[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        var file = localSettings is null ? [] : FunctionApp.ReadLocalSettings(localSettings);
        foreach (var (name, value) in file.Concat(given))
        {
            settings[name] = value;
        }

        return new ModelPrices(settings);
    }

    /// <summary>Whether a model is configured, by its name or by a template's.</summary>
    public bool Has(string model) => KeyOf(model) is not null;

    /// <summary>A model's prices; null where none are configured.</summary>
    public TokenPrices? Find(string model) => KeyOf(model) is { } key ? _models[key] : null;

    private string? KeyOf(string model) =>
        _models.ContainsKey(model) ? model : _models.Keys.FirstOrDefault(template => IsTemplateOf(template, model));

    private static bool IsTemplateOf(string template, string model) =>
        template.Split('*') is [var begin, var end]
        && model.Length > begin.Length + end.Length
        && model.StartsWith(begin, StringComparison.OrdinalIgnoreCase)
        && model.EndsWith(end, StringComparison.OrdinalIgnoreCase);

    private static TokenPrices? PricesOf(Dictionary<string, string> values) =>
        Number(values, "InputPricePerMillionTokens") is { } input && Number(values, "OutputPricePerMillionTokens") is { } output
            ? new TokenPrices(input, output)
            : null;

    private static decimal? Number(Dictionary<string, string> values, string name) =>
        decimal.TryParse(values.GetValueOrDefault(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
