using System.Text;
using Azure.Storage.Blobs;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Tests.Fuzzing;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

public sealed class ContainedBlobsTests
{
    private static readonly BlobContainerClient[] Containers =
    [
        new(new Uri("https://account.blob.core.windows.net/datasets")),
        new(new Uri("http://127.0.0.1:10000/devstoreaccount1/datasets")),
    ];

    [Theory]
    [InlineData("../runs/ev-1/samples.jsonl")]
    [InlineData("a/../../runs/ev-1/samples.jsonl")]
    [InlineData("..")]
    [InlineData("a\\..\\b")]
    [InlineData("%2e%2e/runs/x")]
    [InlineData("")]
    public void Name_that_leaves_its_container_is_refused_for_every_kind_of_blob(string name)
    {
        foreach (var container in Containers)
        {
            Assert.Throws<ArgumentException>(() => container.Blob(name));
            Assert.Throws<ArgumentException>(() => container.BlockBlob(name));
            Assert.Throws<ArgumentException>(() => container.AppendBlob(name));
        }
    }

    /// <summary>The oracle is the client library's own reading of the address.</summary>
    [Fact]
    public void Every_other_name_is_the_blobs_in_the_containers_address() =>
        Fuzz.Run(
            2_000,
            4 << 20,
            random =>
            {
                var name = Encoding.UTF8.GetString(
                    Fuzz.Mutated(random, "suite/a b#?&+é.jsonl"u8, "..", "../", "%2e", "%20", "/", "\\", "\0", "...")
                );
                foreach (var container in Containers)
                {
                    if (BlobNames.FindProblem(name) is not null)
                    {
                        Assert.Throws<ArgumentException>(() => container.Blob(name));
                        continue;
                    }

                    var address = new BlobUriBuilder(container.Blob(name).Uri);
                    Assert.Equal(("datasets", name), (address.BlobContainerName, address.BlobName));
                }
            }
        );

    [Fact]
    public void No_other_code_asks_a_container_for_a_blob()
    {
        string[] ways = [".GetBlobClient(", ".GetBlockBlobClient(", ".GetAppendBlobClient(", ".GetPageBlobClient(", "BlobClient(new Uri("];
        var direct = Repository
            .AppSources()
            .Where(source => Path.GetFileName(source.File) != "ContainedBlobs.cs" && ways.Any(source.Text.Contains))
            .Select(source => source.File);
        Assert.Empty(direct);
    }
}
