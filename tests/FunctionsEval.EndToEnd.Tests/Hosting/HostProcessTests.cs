using System.Text.Json;
using FunctionsEval.LocalHost;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

public sealed class HostProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string InstancePath => _directory.Combine(InstanceFile.DefaultPath);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Up_terminated_stopsEverythingInOrder()
    {
        using HostProcess host = HostProcess.Start(_directory.Path);
        LocalInstance instance = await host.ReadyAsync();
        int azurite = AzuritePid(instance);

        await host.TerminateAsync();

        (int exitCode, string errors) = await host.EndedAsync();
        Assert.True(exitCode == 0, errors);
        Assert.False(File.Exists(InstancePath));
        await Eventually.EndedAsync(instance.WorkerPid, "the worker");
        await Eventually.EndedAsync(azurite, "Azurite");
    }

    [Fact]
    public async Task Up_killed_leavesNoProcessAndStartsAgain()
    {
        LocalInstance killed;
        using (HostProcess host = HostProcess.Start(_directory.Path))
        {
            killed = await host.ReadyAsync();
            int azurite = AzuritePid(killed);

            host.Kill();

            await host.EndedAsync();
            await Eventually.EndedAsync(killed.WorkerPid, "the worker");
            await Eventually.EndedAsync(azurite, "Azurite");
        }
        Assert.True(File.Exists(InstancePath), "The killed host's announcement is left over.");
        Assert.Null(InstanceFile.Find(InstancePath));

        using HostProcess next = HostProcess.Start(_directory.Path);

        LocalInstance instance = await next.ReadyAsync();
        Assert.NotEqual(killed.HostPid, instance.HostPid);
        await next.TerminateAsync();
        Assert.Equal(0, (await next.EndedAsync()).ExitCode);
    }

    [Fact]
    public async Task Up_alreadyRunningThere_isRefused()
    {
        using HostProcess first = HostProcess.Start(_directory.Path);
        LocalInstance instance = await first.ReadyAsync();

        using HostProcess second = HostProcess.Start(_directory.Path);

        (int exitCode, string errors) = await second.EndedAsync();
        Assert.Equal(3, exitCode);
        Assert.Contains($"process {instance.HostPid}", errors, StringComparison.Ordinal);
        await first.TerminateAsync();
        await first.EndedAsync();
    }

    [Fact]
    public async Task Up_notAFunctionApp_endsWithAnError()
    {
        using HostProcess host = HostProcess.Start(_directory.Path, "--app", _directory.Path);

        (int exitCode, string errors) = await host.EndedAsync();

        Assert.Equal(3, exitCode);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
    }

    private static int AzuritePid(LocalInstance instance) =>
        JsonSerializer.Deserialize<ProcessIdentity>(File.ReadAllText(Path.Combine(instance.DataDirectory, "azurite", "process.json")))!.Id;
}
