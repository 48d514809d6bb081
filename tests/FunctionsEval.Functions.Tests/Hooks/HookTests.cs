using System.Diagnostics;
using FunctionsEval.Hooks;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>What azd runs before it provisions and after it has deployed: the program and the lines that start it.</summary>
public sealed class HookTests
{
    private const string Command = "dotnet run --configuration Release --project infra/hooks -- ";

    [Fact]
    public async Task Missing_program_is_told_with_where_it_is_had()
    {
        var missing = new AzureCli(Path.Combine(Repository.Root, "no-such-az"));

        var (code, _, errors) = await HookCall.RunAsync(missing, "preprovision", ("AZURE_SUBSCRIPTION_ID", "sub"));

        Assert.Equal(1, code);
        Assert.Contains("Install the Azure CLI", errors, StringComparison.Ordinal);
    }

    /// <summary>As azd runs it: the line of azure.yaml in the shell, in the repository's root, with the CLI that the PATH has.</summary>
    [Theory]
    [InlineData("preprovision", "provider list")]
    [InlineData("predeploy", "role assignment list")]
    [InlineData("postdeploy", "deployment group create")]
    public async Task Line_of_azure_yaml_runs_the_hook_in_the_shell(string hook, string command)
    {
        var hooks = (YamlMappingNode)AzureYaml()["hooks"];
        var line = (string)hooks[hook]["posix"]["run"]!;
        Assert.Equal("sh", (string)hooks[hook]["posix"]["shell"]!);
        Assert.Equal("pwsh", (string)hooks[hook]["windows"]["shell"]!);
        Assert.Equal(line, (string)hooks[hook]["windows"]["run"]!);
        Assert.Equal(Command + hook, line);

        using var az = new FakeAzureCli(
            "case \"$*\" in role*) echo 2026-01-01T00:00:00+00:00; exit;; esac; echo Microsoft.EventGrid; echo Microsoft.Storage; echo Microsoft.Insights; echo Microsoft.Web; echo Microsoft.ManagedIdentity; echo Microsoft.OperationalInsights"
        );
        var built = line.Replace(Command, $"dotnet '{typeof(HookRunner).Assembly.Location}' ", StringComparison.Ordinal);
        var start = new ProcessStartInfo("sh", ["-c", built])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in HookCall.Deployed)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = az.Folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        Assert.StartsWith(command, Assert.Single(az.Calls), StringComparison.Ordinal);
    }

    private static YamlMappingNode AzureYaml()
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Repository.PathOf("azure.yaml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}
