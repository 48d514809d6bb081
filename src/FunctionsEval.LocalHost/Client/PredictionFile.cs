using System.Collections.Concurrent;
using System.Globalization;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>A file of answers for an offline score, a line each, as <see cref="PredictionReader"/> reads them.</summary>
internal sealed class PredictionFile(string path, EvaluationSpec spec)
{
    private const int BatchCharacters = 256 * 1024;

    private readonly PredictionReader _reader = new(spec);

    /// <summary>Reads every answer.</summary>
    /// <exception cref="LocalHostException">A line is not an answer; the message names file, line and field.</exception>
    public IEnumerable<AnswerPair> Read() => Batches().SelectMany(Parse);

    /// <summary>
    /// Scores the file on several threads; the result has the same bits whatever their number. Memory does not grow with the file.
    /// </summary>
    /// <param name="threads">How many threads.</param>
    /// <exception cref="LocalHostException">A line is not an answer, or has a baseline's where the first line has none (or the reverse).
    /// The first such line is named.</exception>
    /// <exception cref="OptionException">A metric or one of its options does not exist.</exception>
    public EvaluationResult Score(int threads)
    {
        var hasBaseline = Read().FirstOrDefault()?.Baseline is not null;
        var total = new OfflineScore(spec, hasBaseline);
        var merging = new Lock();
        var firstFault = (Batch: long.MaxValue, Error: default(LocalHostException));
        Parallel.ForEach(
            Partitioner.Create(Batches(), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new OfflineScore(spec, hasBaseline),
            (batch, loop, index, score) =>
            {
                try
                {
                    foreach (var answer in Parse(batch))
                    {
                        if (answer.Baseline is not null != hasBaseline)
                        {
                            throw new LocalHostException(
                                $"{path}, line {answer.Candidate.Line}: has {(hasBaseline ? "no answer" : "an answer")} of a baseline, "
                                    + "unlike line 1. Give one for every line or for none."
                            );
                        }

                        score.Add(answer);
                    }
                }
                catch (LocalHostException fault)
                {
                    lock (merging)
                    {
                        if (index < firstFault.Batch)
                        {
                            firstFault = (index, fault);
                        }
                    }

                    // The batches before this one are still read, so that the first fault of the file is reported.
                    loop.Break();
                }

                return score;
            },
            score =>
            {
                lock (merging)
                {
                    total.Merge(score);
                }
            }
        );
        return firstFault.Error is { } error ? throw error : total.Finish();
    }

    /// <summary>The file's lines in pieces of some hundred kilobytes.</summary>
    private IEnumerable<LineBatch> Batches()
    {
        var lines = new List<string>();
        int first = 1,
            characters = 0;
        foreach (var line in new LineReader(path).Read())
        {
            lines.Add(line);
            characters += line.Length;
            if (characters < BatchCharacters)
            {
                continue;
            }

            yield return new LineBatch(first, lines);
            first += lines.Count;
            (lines, characters) = ([], 0);
        }

        yield return new LineBatch(first, lines);
    }

    private IEnumerable<AnswerPair> Parse(LineBatch batch) =>
        batch.Lines.Select((line, index) => Parse(line, batch.First + index)).OfType<AnswerPair>();

    private AnswerPair? Parse(string text, int line)
    {
        try
        {
            return _reader.Read(text, line);
        }
        catch (PredictionException fault)
        {
            var column = fault.Column is { } place ? string.Create(CultureInfo.InvariantCulture, $", column {place}") : "";
            throw new LocalHostException($"{path}, line {line}{column}: {fault.Message}");
        }
    }

    /// <summary>Some lines of the file.</summary>
    /// <param name="First">Number of the first one, from 1.</param>
    /// <param name="Lines">The lines.</param>
    private sealed record LineBatch(int First, IReadOnlyList<string> Lines);
}
