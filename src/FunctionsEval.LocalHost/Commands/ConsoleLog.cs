using System.Globalization;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>Shows log records at the terminal, one short line each; the log file has them in full.</summary>
internal sealed class ConsoleLog(IAnsiConsole console, LogLevel minimum) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(string category, LogLevel level, string message, Exception? error)
    {
        (string word, string style) = level switch
        {
            LogLevel.Trace or LogLevel.Debug => ("debug", "grey"),
            LogLevel.Information => ("info", "blue"),
            LogLevel.Warning => ("warn", "yellow"),
            _ => ("error", "red"),
        };
        string time = DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string text = error is null ? message : $"{message} ({error.GetBaseException().Message})";
        lock (_lock)
            console.MarkupLineInterpolated($"[grey]{time}[/] [{style}]{word,-5}[/] [grey]{category}[/] {text}");
    }

    private sealed class Logger(ConsoleLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.Minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log.Write(category, logLevel, formatter(state, exception), exception);
        }
    }

    private LogLevel Minimum { get; } = minimum;
}
