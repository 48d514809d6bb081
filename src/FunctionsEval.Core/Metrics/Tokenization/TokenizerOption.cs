using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>An option that names a tokenizer.</summary>
internal static class TokenizerOption
{
    /// <summary>The tokenizer's name.</summary>
    /// <param name="options">The metric's options.</param>
    /// <param name="name">The option's name.</param>
    /// <param name="fallback">The tokenizer where the option is absent.</param>
    /// <param name="offered">The tokenizers that the metric offers.</param>
    public static string Read(OptionReader options, string name, string fallback, IEnumerable<string> offered) =>
        options.Text(name) is { } value && TranslationTokenizer.NotOffered.TryGetValue(value, out var reason)
            ? throw options.Wrong(name, $"cannot be \"{value}\", which {reason}")
            : options.Choice(name, fallback, offered);
}
