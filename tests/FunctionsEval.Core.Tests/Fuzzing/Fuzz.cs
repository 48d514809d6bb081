using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FunctionsEval.Core.Tests.Fuzzing;

/// <summary>
/// Runs a trial on random input, many times. Trial n draws from the seed <c>FUNCTIONSEVAL_FUZZ_SEED</c> + n, so that what failed is
/// repeated
/// by the seed that the message names and <c>FUNCTIONSEVAL_FUZZ_TRIALS=1</c>. <c>FUNCTIONSEVAL_FUZZ_SECONDS</c> goes on for as long as it
/// says.
/// </summary>
internal static class Fuzz
{
    /// <summary>A trial that takes longer hangs: far above what the slowest machine needs for any of them.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    /// <param name="trials">How many trials a run of the tests makes.</param>
    /// <param name="allocatedBytes">The most that one trial may allocate on its thread.</param>
    /// <param name="trial">Draws an input from the random numbers and uses it; an exception is a find.</param>
    public static void Run(int trials, long allocatedBytes, Action<Random> trial)
    {
        var first = Setting("FUNCTIONSEVAL_FUZZ_SEED") ?? 20260101;
        var seconds = Setting("FUNCTIONSEVAL_FUZZ_SECONDS");
        trials = Setting("FUNCTIONSEVAL_FUZZ_TRIALS") ?? trials;
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; seconds is { } most ? clock.Elapsed.TotalSeconds < most : count < trials; count++)
        {
            RunTrial(first + count, allocatedBytes, trial);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} trials from FUNCTIONSEVAL_FUZZ_SEED={first}");
    }

    /// <summary>A text of which some bytes are changed, taken out, doubled, or replaced by one of the words.</summary>
    public static byte[] Mutated(Random random, ReadOnlySpan<byte> text, params ReadOnlySpan<string> words)
    {
        List<byte> bytes = [.. text];
        for (var changes = random.Next(1, 9); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 17), bytes.Count - at);
            switch (random.Next(words.Length > 0 ? 4 : 3))
            {
                case 0:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(words[random.Next(words.Length)]));
                    break;
            }
        }
        return [.. bytes];
    }

    private static void RunTrial(int seed, long allocatedBytes, Action<Random> trial)
    {
        var repeat = $"FUNCTIONSEVAL_FUZZ_SEED={seed} FUNCTIONSEVAL_FUZZ_TRIALS=1";
        var (started, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            trial(new Random(seed));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{repeat}: {e.GetType().Name}: {e.Message}", e);
        }
        var (time, bytes) = (Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(time < Hang, $"{repeat}: took {time.TotalSeconds:0} s");
        Assert.True(bytes <= allocatedBytes, $"{repeat}: allocated {bytes:N0} bytes of at most {allocatedBytes:N0}");
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
