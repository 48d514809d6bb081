using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Unicode;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>A file of answers for an offline score, a line each, as <see cref="PredictionReader"/> reads them.</summary>
internal sealed class PredictionFile(string path, EvaluationSpec spec)
{
    private readonly PredictionReader _reader = new(spec);

    /// <summary>Reads every answer.</summary>
    /// <exception cref="LocalHostException">A line is not an answer; the message names file, line and field.</exception>
    public IEnumerable<AnswerPair> Read() => new LineReader(path).Read().SelectMany(Parse);

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
        ReadAll(threads, () => new OfflineScore(spec, hasBaseline), Add, total.Merge);
        return total.Finish();

        void Add(OfflineScore score, AnswerPair answer)
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

    /// <summary>The first references of all answers that count, in ordinal order; more than a limit where there are more.</summary>
    /// <param name="threads">How many threads.</param>
    /// <param name="limit">The limit.</param>
    /// <exception cref="LocalHostException">A line is not an answer. The first such line is named.</exception>
    public IReadOnlyCollection<string> FindReferences(int threads, int limit)
    {
        var references = new SortedSet<string>(StringComparer.Ordinal);
        ReadAll(
            threads,
            () => new HashSet<string>(StringComparer.Ordinal),
            (found, answer) =>
            {
                if (answer.Candidate.IsMeasured && found.Count <= limit)
                {
                    found.UnionWith(answer.Candidate.References.Take(1));
                }
            },
            references.UnionWith
        );
        return references;
    }

    /// <summary>Reads every answer on several threads, and names the first fault of the file whatever their number.</summary>
    private void ReadAll<T>(int threads, Func<T> create, Action<T, AnswerPair> add, Action<T> merge)
    {
        var merging = new Lock();
        var firstFault = (Block: long.MaxValue, Error: default(LocalHostException));
        Parallel.ForEach(
            Partitioner.Create(new LineReader(path).Read(), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            create,
            (block, loop, index, part) =>
            {
                try
                {
                    foreach (var answer in Parse(block))
                    {
                        add(part, answer);
                    }
                }
                catch (LocalHostException fault)
                {
                    lock (merging)
                    {
                        if (index < firstFault.Block)
                        {
                            firstFault = (index, fault);
                        }
                    }

                    // The blocks before this one are still read, so that the first fault of the file is reported.
                    loop.Break();
                }

                return part;
            },
            part =>
            {
                lock (merging)
                {
                    merge(part);
                }
            }
        );
        if (firstFault.Error is { } error)
        {
            throw error;
        }
    }

    private IEnumerable<AnswerPair> Parse(LineBlock block)
    {
        // Blocks are checked whole, and line by line only where something is wrong.
        var isValid = Utf8.IsValid(block.Bytes.Span);
        foreach (var (number, line) in block.Lines())
        {
            if (!isValid && !Utf8.IsValid(line.Span))
            {
                throw new LocalHostException(
                    string.Create(CultureInfo.InvariantCulture, $"{path}, line {number}: is not UTF-8. Save the file as UTF-8.")
                );
            }

            if (Parse(line, number) is { } answer)
            {
                yield return answer;
            }
        }
    }

    private AnswerPair? Parse(ReadOnlyMemory<byte> bytes, int line)
    {
        try
        {
            return _reader.Read(bytes, line);
        }
        catch (PredictionException fault)
        {
            var column = fault.Column is { } place ? string.Create(CultureInfo.InvariantCulture, $", column {place}") : "";
            throw new LocalHostException($"{path}, line {line}{column}: {fault.Message}");
        }
    }
}
