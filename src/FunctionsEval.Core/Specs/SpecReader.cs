using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Specs;

/// <summary>
/// Reads evaluation specs, strictly; docs/spec.md and docs/evaluation.schema.json state the form. Metric names and options are checked by
/// the metric catalogue, model names by the app.
/// </summary>
public static class SpecReader
{
    private const int MaxChoices = 26;

    /// <summary>Reads a spec.</summary>
    /// <param name="json">The JSON text; comments and trailing commas are allowed.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(string json, string fileName)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(Encoding.UTF8.GetBytes(json), fileName);
    }

    /// <summary>Reads a spec.</summary>
    /// <param name="utf8Json">The JSON text in UTF-8; comments and trailing commas are allowed, and a byte order mark is skipped.</param>
    /// <param name="fileName">Name of the spec, for messages; one that ends in .yaml or .yml says that the text is YAML.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(ReadOnlySpan<byte> utf8Json, string fileName) => Read(utf8Json, fileName, SpecLimits.MaxBytes);

    /// <summary>Reads a spec from a file, and no more of it than a spec may have.</summary>
    /// <param name="utf8Json">As bytes; see <see cref="Read(ReadOnlySpan{byte}, string)"/>.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec Read(Stream utf8Json, string fileName)
    {
        ArgumentNullException.ThrowIfNull(utf8Json);
        var bytes = new byte[SpecLimits.MaxBytes + 1];
        return Read(bytes.AsSpan(0, utf8Json.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)), fileName);
    }

    /// <summary>Reads a spec in the form that <see cref="Canonical"/> gives, which may be larger than what was uploaded.</summary>
    /// <param name="utf8Json">The JSON text in UTF-8.</param>
    /// <param name="fileName">Name of the spec, for messages.</param>
    /// <exception cref="SpecException">The spec cannot be used.</exception>
    public static EvaluationSpec ReadCanonical(ReadOnlySpan<byte> utf8Json, string fileName) =>
        Read(utf8Json, fileName, SpecLimits.MaxCanonicalBytes);

    private static EvaluationSpec Read(ReadOnlySpan<byte> utf8Json, string fileName, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        using var document = SpecText.Parse(utf8Json, fileName, maxBytes);
        try
        {
            var root = new OptionReader("$", document.RootElement);
            var spec = (EvaluationSpec)OptionSection.For(typeof(EvaluationSpec)).Read(root, "$schema");
            Check(root, spec);
            return spec;
        }
        catch (OptionException misfit)
        {
            throw new SpecException(fileName, misfit.Path, misfit.Problem);
        }
    }

    /// <summary>
    /// The spec as JSON in one stable form: every field with its default, keys sorted, numbers in their shortest form. Two specs that mean
    /// the same give the same text, which <see cref="Read(string, string)"/> accepts.
    /// </summary>
    /// <param name="spec">The spec.</param>
    public static string Canonical(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return CanonicalSpec.Write(spec);
    }

    /// <summary>What of a spec decides what a run of it finds: the canonical form without who hears of it and what it waits for.</summary>
    /// <param name="spec">The spec.</param>
    public static string Identity(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return CanonicalSpec.Write(spec with { Notify = null, OnFineTune = null });
    }

    private static void Check(OptionReader root, EvaluationSpec spec)
    {
        if (spec.Prompt.FewShot is not null && spec.TrainingFile is null)
        {
            throw root.Error("prompt.fewShot", "takes its examples from the training file: name one in $.trainingFile.");
        }

        if (spec.Prompt.FewShot is not null && spec.Task is not (EvaluationTask.Classification or EvaluationTask.Generation))
        {
            throw root.Error("prompt.fewShot", "belongs to the tasks classification and generation.");
        }

        if (spec.Gate?.FindProblem(new GateContext(spec.Baseline is not null, spec.Slices)) is { } problem)
        {
            throw root.Error($"gate.{problem.Path}", problem.Message);
        }

        CheckLabels(root, spec);
        CheckParsing(
            root.Read("parsing") is { } parsing
                ? new OptionReader("$.parsing", parsing)
                : new OptionReader("$.parsing", new Dictionary<string, System.Text.Json.JsonElement>()),
            spec
        );
    }

    private static void CheckLabels(OptionReader root, EvaluationSpec spec)
    {
        if (spec.Task != EvaluationTask.Classification)
        {
            if (spec.Labels.Count > 0 || spec.PositiveLabel is not null)
            {
                throw root.Error(spec.Labels.Count > 0 ? "labels" : "positiveLabel", "belongs to the task classification only.");
            }

            if (spec.LabelProbabilities != LabelProbabilityMethod.Alternatives)
            {
                throw root.Error("labelProbabilities", "belongs to the task classification only.");
            }

            return;
        }

        if (spec.Labels.Count == 0)
        {
            throw root.Error("labels", "is missing: list the labels of the classification.");
        }

        var seen = new HashSet<string>(spec.Parsing.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        for (var i = 0; i < spec.Labels.Count; i++)
        {
            var label = spec.Labels[i];
            if (label.Length != label.AsSpan().Trim().Length)
            {
                throw root.Error($"labels[{i}]", "has white space around it, which answers are trimmed of.");
            }

            if (!seen.Add(label))
            {
                throw root.Error($"labels[{i}]", "differs from another label in letter case only, and parsing.ignoreCase is on.");
            }
        }

        if (spec.PositiveLabel is { } positive && !spec.Labels.Contains(positive))
        {
            throw root.Error(
                "positiveLabel",
                $"is not one of the labels.{(NearestName.Find(positive, spec.Labels) is { } near ? $" Did you mean {near}?" : "")}"
            );
        }
    }

    private static void CheckParsing(OptionReader parsing, EvaluationSpec spec)
    {
        var method = AnswerParser.MethodOf(spec);
        CheckBelongs("field", ParsingMethod.JsonField);
        CheckBelongs("pattern", ParsingMethod.Regex);
        switch (method)
        {
            case ParsingMethod.JsonField when spec.Parsing.Field!.Split('.').Contains(""):
                throw parsing.Error("field", "has an empty name between dots.");
            case ParsingMethod.Regex:
                CheckPattern(parsing, spec.Parsing.Pattern!);
                break;
            case ParsingMethod.Integer when spec.Task == EvaluationTask.Classification:
                CheckIntegerLabels(parsing, spec.Labels);
                break;
            case ParsingMethod.Choice when spec.Task != EvaluationTask.Classification:
                throw parsing.Error("method", "choice needs the task classification, whose labels the letters stand for.");
            case ParsingMethod.Choice when spec.Labels.Count > MaxChoices:
                throw parsing.Error("method", $"choice has a letter for {MaxChoices} labels at most.");
        }

        CheckAliases(parsing, spec);

        void CheckBelongs(string field, ParsingMethod owner)
        {
            if (parsing.Has(field) != (method == owner))
            {
                throw parsing.Error(
                    field,
                    method == owner
                        ? $"is missing: the method {EnumNames<ParsingMethod>.Of(owner)} needs it."
                        : $"belongs to the method {EnumNames<ParsingMethod>.Of(owner)}; set parsing.method to it, or leave the field out."
                );
            }
        }
    }

    private static void CheckPattern(OptionReader parsing, string pattern)
    {
        try
        {
            AnswerPattern.Compile(pattern);
        }
        catch (RegexParseException e)
        {
            throw parsing.Error(
                "pattern",
                string.Create(CultureInfo.InvariantCulture, $"is not a .NET regular expression: {e.Error} at character {e.Offset + 1}.")
            );
        }
    }

    private static void CheckIntegerLabels(OptionReader parsing, IReadOnlyList<string> labels)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            if (!IntegerText.TryNormalize(label, out var integer) || !seen.Add(integer))
            {
                throw parsing.Error("method", "integer needs labels that are different integers.");
            }
        }
    }

    private static void CheckAliases(OptionReader parsing, EvaluationSpec spec)
    {
        var labels = spec.Labels.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(spec.Labels, spec.Parsing.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var (spelling, label) in spec.Parsing.Aliases)
        {
            var place = $"aliases.{spelling}";
            if (string.IsNullOrWhiteSpace(spelling))
            {
                throw parsing.Error(place, "is an empty spelling.");
            }

            if (spelling.Length > SpecLimits.MaxText || label.Length > SpecLimits.MaxText)
            {
                throw parsing.Error(place, $"is longer than {SpecLimits.MaxText} characters.");
            }

            if (!seen.Add(spelling))
            {
                throw parsing.Error(place, "is a label, or the same spelling as another alias.");
            }

            if (spec.Task == EvaluationTask.Classification && !labels.Contains(label))
            {
                throw parsing.Error(
                    place,
                    $"stands for a label that is not in $.labels.{(NearestName.Find(label, spec.Labels) is { } near ? $" Did you mean {near}?" : "")}"
                );
            }
        }
    }
}
