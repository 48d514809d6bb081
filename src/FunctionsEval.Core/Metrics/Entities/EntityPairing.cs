using System.Runtime.InteropServices;
using FunctionsEval.Core.Metrics.Pairing;
using FunctionsEval.Core.Metrics.Tokenization;

namespace FunctionsEval.Core.Metrics.Entities;

/// <summary>
/// Which entities of an answer are those of the reference. An entity of each agrees with one of the other at most. Where every entity of
/// the reference has a place, entities are places, each counted once, as with seqeval; else they are texts, as often as they occur.
/// </summary>
internal static class EntityPairing
{
    /// <summary>The entities that are told apart: of places each label and place once.</summary>
    public static List<Entity> Distinct(List<Entity> entities, bool byPlace) =>
        byPlace ? [.. entities.DistinctBy(entity => (entity.Label, entity.Place, entity.Place is null ? entity.Text : ""))] : entities;

    /// <summary>Whether the entities of a reference are known by their places.</summary>
    public static bool IsByPlace(List<Entity> reference) => reference.Count > 0 && reference.TrueForAll(entity => entity.Place is not null);

    /// <summary>Finds, for each entity of the answer, whether the reference has it: the same label and the same place, or text.</summary>
    public static bool[] MatchStrictly(List<Entity> reference, List<Entity> answer, bool byPlace)
    {
        var left = new Dictionary<(string Label, EntityPlace? Place, string Text), int>();
        foreach (var entity in reference)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(left, KeyOf(entity, byPlace), out _)++;
        }

        return
        [
            .. answer.Select(entity =>
            {
                if ((byPlace && entity.Place is null) || left.GetValueOrDefault(KeyOf(entity, byPlace)) == 0)
                {
                    return false;
                }

                left[KeyOf(entity, byPlace)]--;
                return true;
            }),
        ];
    }

    /// <summary>
    /// Finds, for each entity of the answer, whether it overlaps one of the reference of the same label: by a character, or by a word where
    /// places are not known. Those that agree strictly are paired first, then as many of the others as possible, so that their order does
    /// not matter.
    /// </summary>
    public static bool[] MatchByOverlap(List<Entity> reference, List<Entity> answer, bool byPlace)
    {
        var matched = MatchStrictly(reference, answer, byPlace);
        var given = answer.Where((_, index) => matched[index]).ToList();
        var isTaken = MatchStrictly(given, reference, byPlace);
        var wordsOfReference = byPlace ? [] : reference.ConvertAll(entity => WordsOf(entity.Text));
        var wordsOfAnswer = byPlace ? [] : answer.ConvertAll(entity => WordsOf(entity.Text));
        int[] left = [.. Enumerable.Range(0, answer.Count).Where(index => !matched[index])];
        int[] free = [.. Enumerable.Range(0, reference.Count).Where(index => !isTaken[index])];
        var pairs = MostPairs.Find(left.Length, free.Length, (row, column) => Overlap(left[row], free[column]));
        foreach (var (row, index) in left.Index())
        {
            matched[index] = pairs[row] >= 0;
        }

        return matched;

        bool Overlap(int given, int expected) =>
            answer[given].Label == reference[expected].Label
            && (
                byPlace
                    ? answer[given].Place is { } place && place.Overlaps(reference[expected].Place!.Value)
                    : wordsOfAnswer[given].Overlaps(wordsOfReference[expected])
            );
    }

    private static (string, EntityPlace?, string) KeyOf(Entity entity, bool byPlace) =>
        byPlace ? (entity.Label, entity.Place, "") : (entity.Label, null, string.Join(' ', PythonText.Split(entity.Text)));

    private static HashSet<string> WordsOf(string text) => new(PythonText.Split(PythonText.Lower(text)), StringComparer.Ordinal);
}
