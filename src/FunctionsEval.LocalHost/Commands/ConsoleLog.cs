using System.Globalization;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>Shows log records at the terminal, one short line each; the log file has them in full.</summary>
internal sealed class ConsoleLog(IAnsiConsole console, bool verbose) : ILoggerProvider
{
    // What every failed function's own record has said already.
    private const string Repetition = "Host.Results";
    private const int CompactLength = 300;

    private readonly LogLevel _minimum = verbose ? LogLevel.Trace : LogLevel.Warning;
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private void Write(string category, LogLevel level, string message, Exception? error)
    {
        (var word, var style) = level switch
        {
            LogLevel.Trace or LogLevel.Debug => ("debug", "grey"),
            LogLevel.Information => ("info", "blue"),
            LogLevel.Warning => ("warn", "yellow"),
            _ => ("error", "red"),
        };
        var time = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var text = error is null ? message : $"{message} ({error.GetBaseException().Message})";
        if (!verbose)
        {
            text = Compact(text);
        }

        lock (_lock)
        {
            console.MarkupLineInterpolated($"[grey]{time}[/] [{style}]{word, -5}[/] [grey]{category}[/] {text}");
        }
    }

    /// <summary>Leaves the stack traces to the log file.</summary>
    private static string Compact(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .TakeWhile(line => !line.StartsWith("at ", StringComparison.Ordinal) && !line.StartsWith("Stack:", StringComparison.Ordinal));
        var line = string.Join(' ', lines);
        return line.Length <= CompactLength ? line : $"{line.AsSpan(0, CompactLength)}…";
    }

    private sealed class Logger(ConsoleLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log._minimum && logLevel != LogLevel.None && category != Repetition;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                log.Write(category, logLevel, formatter(state, exception), exception);
            }
        }
    }
}
