using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>What the app says when it cannot start on its storage.</summary>
public sealed class StorageSetupTests
{
    [Theory]
    [InlineData(
        400,
        "InvalidHeaderValue",
        "The API version 2099-01-01 is not supported by Azurite. Please upgrade Azurite to latest version and retry.",
        "--skipApiVersionCheck"
    )]
    [InlineData(
        403,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission.",
        "AzureWebJobsStorage: the storage refuses the app (403"
    )]
    public async Task Storage_that_refuses_is_told_with_the_fix(int status, string code, string message, string expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var storage = builder.Build();
        storage.Run(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/xml";
            context.Response.Headers["x-ms-error-code"] = code;
            return context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
        });
        await storage.StartAsync(TestContext.Current.CancellationToken);

        Assert.Contains(expected, (await StartAsync(new Uri(storage.Urls.First()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_is_away_is_told_by_the_name_of_its_setting_and_waited_for()
    {
        var nobody = new Uri("http://127.0.0.1:1"); // A port that a system gives to nobody who asks for any.
        var time = new FakeTimeProvider();
        await using var services = Services(nobody, time);
        var setup = services.GetRequiredService<StorageSetup>();

        await setup.StartAsync(TestContext.Current.CancellationToken);

        var record = Assert.Single(services.GetFakeLogCollector().GetSnapshot());
        Assert.Equal(1034, record.Id.Id);
        Assert.StartsWith("AzureWebJobsStorage: the storage cannot be reached (", record.Message, StringComparison.Ordinal);
        await setup.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<StorageSetupException> StartAsync(Uri storage)
    {
        await using var services = Services(storage, TimeProvider.System);
        return await Assert.ThrowsAsync<StorageSetupException>(() =>
            services.GetRequiredService<StorageSetup>().StartAsync(TestContext.Current.CancellationToken)
        );
    }

    private static ServiceProvider Services(Uri storage, TimeProvider time)
    {
        var account = new Uri(storage, "devstoreaccount1");
        var connectionString =
            $"AccountName=devstoreaccount1;AccountKey={Convert.ToBase64String(new byte[64])};BlobEndpoint={account};TableEndpoint={account};QueueEndpoint={account}";
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["AzureWebJobsStorage"] = connectionString })
            .Build();
        return new ServiceCollection()
            .AddLogging(logging =>
                logging.ClearProviders().AddFakeLogging().AddFilter((category, _) => category == typeof(StorageSetup).FullName)
            )
            .AddStorage(configuration)
            .AddSingleton(new BlobServiceClient(connectionString, AtOnce(new BlobClientOptions())))
            .AddSingleton(new TableServiceClient(connectionString, AtOnce(new TableClientOptions())))
            .AddSingleton(time)
            .AddSingleton<StorageSetup>()
            .BuildServiceProvider();
    }

    /// <summary>The app's clients repeat as often, and wait for seconds in between.</summary>
    private static T AtOnce<T>(T options)
        where T : ClientOptions
    {
        (options.Retry.Delay, options.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        return options;
    }
}
