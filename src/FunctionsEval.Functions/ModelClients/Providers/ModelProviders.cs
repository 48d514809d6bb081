using System.ComponentModel;
using System.Globalization;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>The providers there are.</summary>
internal static class ModelProviders
{
    /// <summary>An Azure OpenAI resource.</summary>
    public static ModelProvider AzureOpenAI { get; } = new AzureOpenAIProvider();

    /// <summary>OpenAI itself.</summary>
    public static ModelProvider OpenAI { get; } = new OpenAIProvider();

    /// <summary>Any server with OpenAI's routes.</summary>
    public static ModelProvider OpenAICompatible { get; } = new OpenAICompatibleProvider();

    /// <summary>All of them, in the order in which messages list them.</summary>
    public static IReadOnlyList<ModelProvider> All { get; } = [AzureOpenAI, OpenAI, OpenAICompatible];

    /// <summary>The default where the setting is missing.</summary>
    public static ModelProvider Default => AzureOpenAI;
}

/// <summary>Reads a provider from a setting, for the configuration binder.</summary>
internal sealed class ModelProviderConverter : TypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    /// <inheritdoc/>
    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        ModelProviders.All.FirstOrDefault(provider =>
            string.Equals(provider.Name, (value as string)?.Trim(), StringComparison.OrdinalIgnoreCase)
        ) ?? throw new FormatException($"Write one of {string.Join(", ", ModelProviders.All)}.");
}
