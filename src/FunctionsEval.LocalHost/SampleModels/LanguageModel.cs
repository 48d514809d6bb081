namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>Serves an n-gram model: it continues a prompt and scores a text.</summary>
internal sealed class LanguageModel(string id, NgramLanguageModel ngrams) : ISampleModel
{
    public string Id => id;

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings)
    {
        var history = NgramLanguageModel.History.Start;
        foreach (var token in TextTokenizer.Tokenize(prompt))
        {
            history = history.Then(ngrams.IdOf(token));
        }

        var random = new Random(settings.Seed);
        while (true)
        {
            var distribution = ngrams.Distribution(history);
            var top = Likeliest(distribution, settings.TopCount);
            // An unknown token has no spelling that could be written down.
            distribution[NgramLanguageModel.Unknown] = 0;
            var chosen = TokenSampler.Choose(distribution, settings.Temperature, random);
            if (chosen == NgramLanguageModel.End)
            {
                yield break;
            }

            yield return new SampleToken(ngrams.TextOf(chosen), Math.Log(distribution[chosen]), top);
            history = history.Then(chosen);
        }
    }

    public IReadOnlyList<SampleToken> Score(string text, int topCount)
    {
        var scored = new List<SampleToken>();
        var history = NgramLanguageModel.History.Start;
        foreach (var token in TextTokenizer.Tokenize(text))
        {
            scored.Add(
                scored.Count == 0
                    ? new SampleToken(token, null, [])
                    : new SampleToken(
                        token,
                        ngrams.LogProbability(history, token),
                        topCount == 0 ? [] : Likeliest(ngrams.Distribution(history), topCount)
                    )
            );
            history = history.Then(ngrams.IdOf(token));
        }
        return scored;
    }

    private TopLogProbability[] Likeliest(double[] distribution, int count)
    {
        var best = new PriorityQueue<int, (double Probability, int Id)>();
        for (var id = 0; id < distribution.Length && count > 0; id++)
        {
            if (id == NgramLanguageModel.Unknown)
            {
                continue;
            }

            if (best.Count < count)
            {
                best.Enqueue(id, (distribution[id], -id));
            }
            else
            {
                best.EnqueueDequeue(id, (distribution[id], -id));
            }
        }
        var likeliest = new TopLogProbability[best.Count];
        for (var place = best.Count - 1; place >= 0; place--)
        {
            var id = best.Dequeue();
            likeliest[place] = new TopLogProbability(ngrams.TextOf(id), Math.Log(distribution[id]));
        }
        return likeliest;
    }
}
