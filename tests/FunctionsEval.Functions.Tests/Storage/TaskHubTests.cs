using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>One setting names what an app has on its storage account.</summary>
public sealed class TaskHubTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("FunctionsEval")]
    public void Default_names_are_those_of_every_installation_until_now(string? hub)
    {
        var (blobs, tables, _) = Open(hub);
        Assert.Equal(
            ("datasets", "runs", "EvaluationRuns"),
            (
                blobs.GetBlobContainerClient("datasets").Name,
                blobs.GetBlobContainerClient("runs").Name,
                tables.GetTableClient("EvaluationRuns").Name
            )
        );
    }

    [Fact]
    public void Another_hub_has_containers_tables_and_a_trigger_of_its_own()
    {
        var (blobs, tables, hub) = Open("Staging2");
        Assert.Equal(
            ("staging2-datasets", "Staging2EvaluationRuns"),
            (blobs.GetBlobContainerClient("datasets").Name, tables.GetTableClient("EvaluationRuns").Name)
        );

        var function = new DefaultFunctionMetadata
        {
            RawBindings =
            [
                """{"name":"blob","type":"blobTrigger","direction":"In","path":"datasets/{name}","connection":"AzureWebJobsStorage"}""",
                """{"name":"durable","type":"durableClient"}""",
            ],
        };
        new HubTriggers(hub, Options.Create(new EventGridOptions())).Transform([function]);
        Assert.Equal("staging2-datasets/{name}", (string?)JsonNode.Parse(function.RawBindings[0])!["path"]);
        Assert.Equal("""{"name":"durable","type":"durableClient"}""", function.RawBindings[1]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("1st")]
    [InlineData("with-dash")]
    [InlineData("AnameThatIsLongerThanWhatAContainerMayHave")]
    public void Name_that_storage_does_not_take_is_refused(string hub) =>
        Assert.StartsWith(TaskHub.Setting, Assert.Throws<InvalidOperationException>(() => Open(hub)).Message, StringComparison.Ordinal);

    /// <summary>The default is the one of host.json.</summary>
    [Fact]
    public void Default_is_the_hub_of_host_json() =>
        Assert.Equal("FunctionsEval", (string?)JsonNode.Parse(Repository.Read("host.json"))!["extensions"]!["durableTask"]!["hubName"]);

    private static (BlobServiceClient Blobs, TableServiceClient Tables, TaskHub Hub) Open(string? hub)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
                    [TaskHub.Setting.Replace("__", ":", StringComparison.Ordinal)] = hub,
                }
            )
            .Build();
        var services = new ServiceCollection().AddStorage(configuration).BuildServiceProvider();
        return (
            services.GetRequiredService<BlobServiceClient>(),
            services.GetRequiredService<TableServiceClient>(),
            services.GetRequiredService<TaskHub>()
        );
    }
}
