using System.CommandLine;
using System.CommandLine.Parsing;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>The options of commands that ask an app: which one, and how the answer is printed.</summary>
internal sealed class ApiOptions
{
    private const string KeyVariable = "FUNCTIONSEVAL_KEY";

    public Option<Uri?> Url { get; } =
        new("--url")
        {
            Description = "The app, for example https://my-app.azurewebsites.net. Default: the one that 'up' started here.",
            HelpName = "URL",
            CustomParser = ReadUrl,
        };

    public Option<string?> Key { get; } =
        new("--key") { Description = $"A function key of that app. Default: the environment variable {KeyVariable}.", HelpName = "KEY" };

    public Option<string> Instance { get; } =
        new("--instance")
        {
            Description = "The file in which 'up' records how to reach the app.",
            HelpName = "PATH",
            DefaultValueFactory = _ => InstanceFile.DefaultPath,
        };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Url, Key, Instance, Json])
        {
            command.Add(option);
        }
    }

    /// <summary>The app that is meant.</summary>
    /// <exception cref="LocalHostException">None is named, and none runs here.</exception>
    public EvaluationApi Connect(ParseResult parsed) =>
        Find(parsed)
        ?? throw new LocalHostException(
            $"Nothing is running here: there is no {parsed.GetRequiredValue(Instance)}. Start 'up' first, or name an app with --url."
        );

    /// <summary>The app that is meant; null where none is named, and none runs here.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="timeout">How long to wait for an answer; null for the usual time.</param>
    public EvaluationApi? Find(ParseResult parsed, TimeSpan? timeout = null)
    {
        var url = parsed.GetValue(Url) ?? InstanceFile.Find(parsed.GetRequiredValue(Instance))?.AppUrl;
        var key = parsed.GetValue(Key) ?? Environment.GetEnvironmentVariable(KeyVariable);
        if (url is { IsLoopback: false } && url.Scheme == Uri.UriSchemeHttp && !string.IsNullOrEmpty(key))
        {
            throw new LocalHostException("--url is http, so that everybody on the way could read the key; write https.");
        }

        return url is null ? null : new EvaluationApi(url, key, timeout);
    }

    private static Uri? ReadUrl(ArgumentResult result)
    {
        if (!Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
        {
            result.AddError("--url must be an absolute address, for example https://my-app.azurewebsites.net.");
            return null;
        }

        if (url.UserInfo.Length + url.Query.Length + url.Fragment.Length > 0)
        {
            result.AddError(
                $"--url must be the app's address alone, without a user, '?' or '#'; a key belongs in --key or {KeyVariable}. "
                    + "(The address is not shown.)"
            );
            return null;
        }

        return url;
    }
}
