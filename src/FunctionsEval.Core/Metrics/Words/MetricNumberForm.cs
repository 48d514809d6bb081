namespace FunctionsEval.Core.Metrics.Words;

/// <summary>What a number of a metric is called in sentences, and in which unit it is read.</summary>
/// <param name="Name">
/// The number's name without a label in brackets, for example <c>f1_macro</c>. Its digits stand for any: <c>rouge1</c> is <c>rouge2</c>
/// too.
/// </param>
/// <param name="Unit">How it is read.</param>
/// <param name="Label">What a sentence calls it; <c>#</c> stands for the digits of the name.</param>
internal sealed record MetricNumberForm(string Name, MetricUnit Unit, string Label);
