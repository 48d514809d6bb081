using System.Globalization;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>Appends every log record, one line each but for exceptions, to a file.</summary>
internal sealed class LogFile : ILoggerProvider
{
    private readonly StreamWriter _writer;

    /// <summary>Opens the file, which others may read meanwhile.</summary>
    public LogFile(string path) =>
        _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        lock (_writer)
        {
            _writer.Dispose();
        }
    }

    private void Write(string category, LogLevel level, string message, Exception? error)
    {
        var time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        lock (_writer)
        {
            // A background thread of an extension may still log while the host goes down.
            if (_writer.BaseStream is { CanWrite: true })
            {
                _writer.WriteLine(
                    error is null ? $"{time} {level, -11} {category}: {message}" : $"{time} {level, -11} {category}: {message}\n{error}"
                );
            }
        }
    }

    private sealed class Logger(LogFile file, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => file.Write(category, logLevel, formatter(state, exception), exception);
    }
}
