using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Learns from training turns to call tools: a text is cut into sentences, a naive Bayes classifier decides which function a sentence is
/// for, if any, and an <see cref="ArgumentReader"/> reads each argument. Without a call it answers with the text of the training turn whose
/// user says the likest.
/// </summary>
internal sealed partial class HarbourModel : IToolCaller
{
    private const string NoFunction = "";

    private readonly NaiveBayesClassifier _functions;
    private readonly Dictionary<string, Dictionary<string, ArgumentReader>> _arguments = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<HarbourTurn> _texts;

    private HarbourModel(string id, IReadOnlyList<HarbourTurn> turns)
    {
        Id = id;
        var clauses = turns.SelectMany(Clauses).ToList();
        _texts = [.. turns.Where(turn => turn.Text is not null)];
        _functions = NaiveBayesClassifier.Train([
            .. clauses.Select(clause => new LabelledText(clause.Text, clause.Call?.Name ?? NoFunction)),
        ]);
        foreach (var function in clauses.Where(clause => clause.Call is not null).GroupBy(clause => clause.Call!.Name))
        {
            var calls = function.Select(clause => (clause.Text, Arguments: clause.Call!.ReadArguments())).ToList();
            _arguments[function.Key] = calls
                .SelectMany(call => call.Arguments.Keys)
                .Distinct(StringComparer.Ordinal)
                .ToDictionary(
                    name => name,
                    name => new ArgumentReader([
                        .. calls.Select(call => (call.Text, call.Arguments.TryGetValue(name, out var value) ? value : (JsonElement?)null)),
                    ]),
                    StringComparer.Ordinal
                );
        }
    }

    public string Id { get; }

    public static HarbourModel Train(string id, IReadOnlyList<HarbourTurn> turns) => new(id, turns);

    public ToolAnswer Answer(string prompt, IReadOnlySet<string> functions)
    {
        List<SampleCall> calls = [];
        foreach (var sentence in Sentences(prompt))
        {
            var scores = _functions.LogPosteriors(sentence);
            var function = _functions.Labels[Array.IndexOf(scores, scores.Max())];
            if (functions.Contains(function))
            {
                calls.Add(new SampleCall(function, ReadArguments(function, sentence)));
            }
        }

        return calls.Count > 0 ? new ToolAnswer(calls, "") : new ToolAnswer([], Reply(prompt));
    }

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings) =>
        TextTokenizer.Tokenize(Reply(prompt)).Select(token => new SampleToken(token, null, []));

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;

    /// <summary>The sentences of a turn with the call of each; a turn whose sentences and calls differ in number is one.</summary>
    private static IEnumerable<(string Text, SampleCall? Call)> Clauses(HarbourTurn turn)
    {
        var sentences = Sentences(turn.User);
        return turn.Calls.Count == 0 ? [(turn.User, null)]
            : sentences.Count == turn.Calls.Count ? sentences.Zip(turn.Calls, (sentence, call) => (sentence, (SampleCall?)call))
            : turn.Calls.Count == 1 ? [(turn.User, turn.Calls[0])]
            : [];
    }

    private static List<string> Sentences(string text) =>
        [.. SentenceEnd().Split(text).Select(sentence => sentence.Trim()).Where(sentence => sentence.Length > 0)];

    private string ReadArguments(string function, string sentence) =>
        JsonSerializer.Serialize(
            _arguments[function]
                .Select(argument => (argument.Key, Value: argument.Value.Read(sentence)))
                .Where(argument => argument.Value is not null)
                .ToDictionary(argument => argument.Key, argument => argument.Value)
        );

    private string Reply(string prompt)
    {
        var words = TextTokenizer.Words(prompt).ToHashSet(StringComparer.Ordinal);
        return _texts.MaxBy(turn => TextTokenizer.Words(turn.User).Distinct().Count(words.Contains))?.Text ?? "";
    }

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();
}
