using System.Text.RegularExpressions;
using FunctionsEval.Functions.ModelClients.Providers;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>Whether the model that an answer names is the one that was asked for.</summary>
internal static partial class AnsweringModel
{
    /// <summary>Whether a name in an answer fits the model that was asked for.</summary>
    /// <remarks>
    /// The same name fits, without regard to case, and so do: a dated snapshot of it (<c>gpt-4o-2024-08-06</c> for <c>gpt-4o</c>, or for
    /// <c>gpt-4o-latest</c>), the tag <c>:latest</c> (Ollama), and the same name with or without its folders, the extension of its file or
    /// its quantization (llama.cpp: <c>/models/tuned-Q4_K_M.gguf</c> for <c>tuned</c>, <c>org/tuned-GGUF:Q4_K_M</c> for <c>org/tuned</c>).
    /// Folders on the server's disk are no part of a name. A deployment in Azure has a name of its own, which tells nothing about the model
    /// behind it, whichever of its APIs is called.
    /// </remarks>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="answered">The name in the answer.</param>
    public static bool IsAskedFor(ModelOptions model, string answered)
    {
        if (model.Provider.CallsDeployments || AzureHosts.IsKnown(model.Endpoint))
        {
            return true;
        }

        var (asked, named) = (Segments(model.Deployment), Segments(answered));
        var folders = DiskPath().IsMatch(answered) ? 0 : Math.Min(asked.Length, named.Length) - 1;
        return IsSame(asked[^1], named[^1])
            && asked.SkipLast(1).TakeLast(folders).SequenceEqual(named.SkipLast(1).TakeLast(folders), StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsSame(string asked, string named)
    {
        var (file, namedFile) = (WithoutExtension(asked), WithoutExtension(named));
        // Two quantizations of one model are two models.
        if (Equal(file, namedFile) || Equal(WithoutQuantization(file), namedFile) || Equal(file, WithoutQuantization(namedFile)))
        {
            return true;
        }

        var name = asked.EndsWith("-latest", StringComparison.OrdinalIgnoreCase) ? asked[..^"-latest".Length] : asked;
        return named.StartsWith(name, StringComparison.OrdinalIgnoreCase) && Snapshot().IsMatch(named[name.Length..]);
    }

    private static string[] Segments(string name) => WithoutTag(name.Trim().TrimEnd('/', '\\')).Split('/', '\\');

    private static string WithoutTag(string name) =>
        name.EndsWith(":latest", StringComparison.OrdinalIgnoreCase) ? name[..^":latest".Length] : name;

    private static string WithoutExtension(string name) => Extension().Replace(name, "");

    private static string WithoutQuantization(string file) => WithoutExtension(Quantization().Replace(file, ""));

    private static bool Equal(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    // gpt-4o-2024-08-06, claude-3-5-sonnet-20241022, claude@20250219, gpt-4-0613 (month and day), mistral-large-2411 (year and month).
    [GeneratedRegex(
        @"^[-@:](?:20\d\d-(?:0[1-9]|1[0-2])-[0-3]\d|20\d\d(?:0[1-9]|1[0-2])[0-3]\d|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|2\d(?:0[1-9]|1[0-2]))\z"
    )]
    private static partial Regex Snapshot();

    // A file may come in parts (tuned-00001-of-00003.gguf), and a repository of such files may say so (tuned-GGUF).
    [GeneratedRegex(@"(?:-\d{5}-of-\d{5})?\.(?:gguf|ggml|safetensors|bin|pt|pth|onnx)\z|-gguf\z", RegexOptions.IgnoreCase)]
    private static partial Regex Extension();

    [GeneratedRegex(@"[-._:](?:ud-)?(?:i?q\d\w*|b?f16|f32|fp(?:8|16|32)|int[48]|[48]-?bit|awq|gptq|mxfp4)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Quantization();

    // /models/tuned.gguf, ./tuned, C:\models\tuned, models/tuned.gguf
    [GeneratedRegex(@"^\s*(?:[/\\~.]|[A-Za-z]:[/\\])|\.(?:gguf|ggml|safetensors|bin|pt|pth|onnx)\s*\z", RegexOptions.IgnoreCase)]
    private static partial Regex DiskPath();
}
