namespace FunctionsEval.LocalHost.Machine;

/// <summary>The last lines that a process printed. It may be read while it is written to.</summary>
/// <param name="max">How many lines are kept.</param>
internal sealed class OutputTail(int max)
{
    private readonly Queue<string> _lines = new();

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Adds a line.</summary>
    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > max)
            {
                _lines.Dequeue();
            }
        }
    }
}
