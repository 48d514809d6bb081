using System.Text.Json;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

public sealed class InstanceFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string FilePath => _directory.Combine("instance.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Find_noFile_isNull() => Assert.Null(InstanceFile.Find(FilePath));

    [Fact]
    public void Find_halfWritten_isNull()
    {
        File.WriteAllText(FilePath, "{ \"appUrl\": ");

        Assert.Null(InstanceFile.Find(FilePath));
    }

    [Fact]
    public void Find_hostRuns_readsIt()
    {
        Announce(ProcessIdentity.Current);

        var found = InstanceFile.Find(FilePath);

        Assert.Equal(new Uri("http://127.0.0.1:7071/"), found?.AppUrl);
        Assert.Throws<LocalHostException>(() => InstanceFile.ThrowIfRunning(FilePath));
    }

    [Fact]
    public void Find_processIdReusedByAnother_isNull()
    {
        // This process has the id, but it is not the one that was announced an hour ago.
        Announce(ProcessIdentity.Current with { StartedUtc = DateTime.UtcNow.AddHours(-1) });

        Assert.Null(InstanceFile.Find(FilePath));
        InstanceFile.ThrowIfRunning(FilePath);
    }

    private void Announce(ProcessIdentity host) =>
        File.WriteAllText(
            FilePath,
            JsonSerializer.Serialize(
                new LocalInstance(
                    new Uri("http://127.0.0.1:7071/"),
                    "UseDevelopmentStorage=true",
                    null,
                    host.Id,
                    host.StartedUtc,
                    1,
                    "data"
                ),
                JsonSerializerOptions.Web
            )
        );
}
