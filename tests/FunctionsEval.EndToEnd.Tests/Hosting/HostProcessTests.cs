using System.Text.Json;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

public sealed class HostProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string InstancePath => _directory.Combine(InstanceFile.DefaultPath);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Up_terminated_stopsEverythingInOrder()
    {
        using var host = HostProcess.Start(_directory.Path);
        var instance = await host.ReadyAsync();
        var azurite = AzuritePid(instance);

        await host.TerminateAsync();

        (var exitCode, var errors) = await host.EndedAsync();
        Assert.True(exitCode == 0, errors);
        Assert.False(File.Exists(InstancePath));
        await Eventually.EndedAsync(instance.WorkerPid, "the worker");
        await Eventually.EndedAsync(azurite, "Azurite");
    }

    [Fact]
    public async Task Up_killed_leavesNoProcessAndStartsAgain()
    {
        LocalInstance killed;
        using (var host = HostProcess.Start(_directory.Path))
        {
            killed = await host.ReadyAsync();
            var azurite = AzuritePid(killed);

            host.Kill();

            await host.EndedAsync();
            await Eventually.EndedAsync(killed.WorkerPid, "the worker");
            await Eventually.EndedAsync(azurite, "Azurite");
        }
        Assert.True(File.Exists(InstancePath), "The killed host's announcement is left over.");
        Assert.Null(InstanceFile.Find(InstancePath));

        using var next = HostProcess.Start(_directory.Path);

        var instance = await next.ReadyAsync();
        Assert.NotEqual(killed.HostPid, instance.HostPid);
        await next.TerminateAsync();
        Assert.Equal(0, (await next.EndedAsync()).ExitCode);
    }

    [Fact]
    public async Task Up_alreadyRunningThere_isRefused()
    {
        using var first = HostProcess.Start(_directory.Path);
        var instance = await first.ReadyAsync();

        using var second = HostProcess.Start(_directory.Path);

        (var exitCode, var errors) = await second.EndedAsync();
        Assert.Equal(3, exitCode);
        Assert.Contains($"process {instance.HostPid}", errors, StringComparison.Ordinal);
        await first.TerminateAsync();
        await first.EndedAsync();
    }

    [Fact]
    public async Task Up_notAFunctionApp_endsWithAnError()
    {
        using var host = HostProcess.Start(_directory.Path, "--app", _directory.Path);

        (var exitCode, var errors) = await host.EndedAsync();

        Assert.Equal(3, exitCode);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
    }

    private static int AzuritePid(LocalInstance instance) =>
        JsonSerializer.Deserialize<ProcessIdentity>(File.ReadAllText(Path.Combine(instance.DataDirectory, "azurite", "process.json")))!.Id;
}
