using System.Text.Encodings.Web;
using System.Text.Json;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Serves an extractor that answers with a JSON object. For each field of the training answers it learns, with naive Bayes over the words
/// around a part of a message and the shape of the part, whether the part is the field's value. The likeliest part is the value; a field
/// without a part that is more likely than not is left out. The model has no probabilities of its text.
/// </summary>
internal sealed class OrderModel : ISampleModel
{
    private const string Yes = "yes";
    private const string No = "no";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IReadOnlyList<Field> _fields;

    private OrderModel(string id, IReadOnlyList<Field> fields)
    {
        Id = id;
        _fields = fields;
    }

    public string Id { get; }

    /// <summary>Learns the fields of the training answers, in the order in which they first occur.</summary>
    public static OrderModel Train(string id, IReadOnlyList<LabelledText> rows)
    {
        var answers = rows.Select(row =>
                (Message: new OrderCandidates(row.Text), Answer: JsonSerializer.Deserialize<JsonElement>(row.Label))
            )
            .ToList();
        var names = answers.SelectMany(row => row.Answer.EnumerateObject().Select(member => member.Name)).Distinct(StringComparer.Ordinal);
        return new OrderModel(id, [.. names.Select(name => Learn(name, answers))]);
    }

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings)
    {
        var message = new OrderCandidates(prompt);
        var answer = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var field in _fields)
        {
            if (Extract(field, message) is { } value)
            {
                answer.Add(field.Name, value);
            }
        }

        return TextTokenizer.Tokenize(JsonSerializer.Serialize(answer, Relaxed)).Select(token => new SampleToken(token, null, []));
    }

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;

    private static Field Learn(string name, List<(OrderCandidates Message, JsonElement Answer)> rows)
    {
        var kind = KindOf(rows.Select(row => row.Answer).First(answer => answer.TryGetProperty(name, out _)).GetProperty(name));
        var examples =
            from row in rows
            let values = row.Answer.TryGetProperty(name, out var value) ? Values(value) : []
            from candidate in row.Message.Find(kind)
            select new LabelledText(Describe(row.Message, candidate), values.Any(candidate.Is) ? Yes : No);
        return new Field(name, kind, NaiveBayesClassifier.Train([.. examples]));
    }

    private static object? Extract(Field field, OrderCandidates message)
    {
        var likely = message
            .Find(field.Kind)
            .Select(candidate => (candidate, field.LogOdds(Describe(message, candidate))))
            .Where(scored => scored.Item2 > 0)
            .ToList();
        return likely.Count == 0 ? null
            : field.Kind == OrderValueKind.Words ? likely.Select(scored => scored.candidate.Value).ToArray()
            : likely.MaxBy(scored => scored.Item2).candidate.Value;
    }

    private static OrderValueKind KindOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => OrderValueKind.Words,
            JsonValueKind.Number => OrderValueKind.Number,
            _ => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out _) ? OrderValueKind.Date : OrderValueKind.Text,
        };

    private static JsonElement[] Values(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    /// <summary>The words around a part, its own words and its shape, each as one word that says which it is.</summary>
    private static string Describe(OrderCandidates message, OrderCandidate candidate)
    {
        var tokens = message.Tokens;
        var features = new List<string>();
        for (var distance = 1; distance <= 3; distance++)
        {
            features.Add($"before{distance}{NameOf(candidate.Start - distance)}");
        }

        features.Add($"after1{NameOf(candidate.End)}");
        features.Add($"after2{NameOf(candidate.End + 1)}");
        for (var i = candidate.Start; i < candidate.End; i++)
        {
            features.Add($"shape{i - candidate.Start}of{candidate.End - candidate.Start}{ShapeOf(tokens[i])}");
            features.Add($"word{NameOf(i)}");
        }

        return string.Join(' ', features);

        string NameOf(int index) =>
            index < 0 || index >= tokens.Count ? "none"
            : char.IsLetter(tokens[index][0]) ? tokens[index]
            : char.IsDigit(tokens[index][0]) ? "number"
            : $"sign{(int)tokens[index][0]}";
    }

    private static string ShapeOf(string token) =>
        char.IsDigit(token[0]) ? (token.Contains('.') ? "decimal" : "digits")
        : char.IsUpper(token[0]) ? "capital"
        : "small";

    /// <summary>A field and what tells its values from other parts of a message.</summary>
    private sealed record Field(string Name, OrderValueKind Kind, NaiveBayesClassifier Classifier)
    {
        public double LogOdds(string features)
        {
            var posteriors = Classifier.LogPosteriors(features);
            var yes = Classifier.Labels.Index().First(label => label.Item == Yes).Index;
            return posteriors.Length == 1 ? posteriors[0] : posteriors[yes] - posteriors[1 - yes];
        }
    }
}
