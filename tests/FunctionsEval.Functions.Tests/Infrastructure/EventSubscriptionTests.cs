using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Triggers.Events;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>How uploads are told to the app: what <c>events.bicep</c> makes.</summary>
public sealed class EventSubscriptionTests
{
    private const string Webhook = "param functionAppName = 'app'\nparam storageAccountName = 'store'";

    private const string Queue =
        Webhook
        + "\nparam uploadQueue = 'upload-events'\nparam alertActionGroupId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/actionGroups/a'";

    private static readonly Change[] ThatBreakRules =
    [
        new(
            "modules/event-subscription.bicep",
            "deliveryWithResourceIdentity: empty(uploadQueue) ? null : {\n        identity: { type: 'SystemAssigned' }",
            "deliveryWithResourceIdentity: empty(uploadQueue) ? null : {\n        identity: { type: 'UserAssigned' }",
            "events: the queue is not reached with the topic's own identity, the only one that a firewall lets pass"
        ),
        new("modules/event-subscription.bicep", "destination: empty(uploadQueue) ?", "destination: true ?", "events: the app is called"),
        new("modules/event-subscription.bicep", "queueName: uploadQueue", "queueName: 'elsewhere'", "events: the queue is elsewhere"),
        new(
            "modules/event-subscription.bicep",
            "includedEventTypes: ['Microsoft.Storage.BlobCreated']",
            "includedEventTypes: ['Microsoft.Storage.BlobDeleted']",
            "events: Microsoft.Storage.BlobDeleted"
        ),
        new(
            "modules/event-subscription.bicep",
            "blobContainerName: deadLetterContainer",
            "blobContainerName: 'datasets'",
            "events: what is not delivered goes to datasets"
        ),
        new(
            "events.bicep",
            "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
            "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
            "events: the topic may not do c6a89b2d-59bc-44d0-9896-0f6e12d7b80a on queues/upload-events"
        ),
        new(
            "events.bicep",
            "scope: storage::blobs::deadLetters\n",
            "scope: storage\n",
            "events: the topic may not do ba92f5b4-2d11-453d-a403-e96b0029c9fe on containers/undelivered-events"
        ),
        new("alerts.json", "\"DroppedEventCount\"", "\"DeliverySuccessCount\"", "events: no alert on DroppedEventCount"),
    ];

    [Fact]
    public async Task Uploads_are_delivered_to_the_webhook_with_its_own_key()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync(
            "events.bicep",
            "param functionAppName = 'app'\nparam storageAccountName = 'store'",
            changes: [],
            TestContext.Current.CancellationToken
        );
        var subscription = deployment.OfType("Microsoft.EventGrid/systemTopics/eventSubscriptions").Single()["properties"]!;

        Assert.Equal($"/blobServices/default/containers/{StorageNames.Datasets}/", (string)subscription["filter"]!["subjectBeginsWith"]!);
        Assert.Equal("Microsoft.Storage.BlobCreated", (string)Assert.Single(subscription["filter"]!["includedEventTypes"]!.AsArray())!);
        var address = (string)subscription["destination"]!["properties"]!["endpointUrl"]!;
        Assert.Contains($"https://{{0}}{DeploymentTests.RouteOf(nameof(EventGridWebhook))}?code={{1}}", address, StringComparison.Ordinal);
        Assert.Contains(
            $"listKeys('/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-test/providers/Microsoft.Web/sites/app/functions/{nameof(EventGridWebhook)}'",
            address,
            StringComparison.Ordinal
        );
        Assert.Empty(SecretRules.Outputs(deployment));
    }

    /// <summary>
    /// Event Grid does not repeat what is answered with 400, 401, 403 or 413: a key that was renewed must not lose uploads.
    /// </summary>
    [Fact]
    public async Task Event_that_cannot_be_delivered_is_kept_with_the_topics_identity()
    {
        Bicep.SkipWhereMissing();
        var deployment = await Deployment.OfAsync(
            "events.bicep",
            "param functionAppName = 'app'\nparam storageAccountName = 'store'\nparam datasetsContainer = 'staging-datasets'",
            changes: [],
            TestContext.Current.CancellationToken
        );
        var subscription = deployment.OfType("Microsoft.EventGrid/systemTopics/eventSubscriptions").Single();
        var deadLetter = subscription["properties"]!["deadLetterWithResourceIdentity"]!;

        Assert.Equal("SystemAssigned", (string)deployment.OfType("Microsoft.EventGrid/systemTopics").Single()["identity"]!["type"]!);
        Assert.Equal("SystemAssigned", (string)deadLetter["identity"]!["type"]!);
        Assert.Equal("undelivered-events", (string)deadLetter["deadLetterDestination"]!["properties"]!["blobContainerName"]!);
        Assert.EndsWith(
            "/store/default/undelivered-events",
            "/" + (string)deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers").Single()["name"]!,
            StringComparison.Ordinal
        );
        Assert.Equal(("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "containers/undelivered-events"), Assert.Single(deployment.Roles));
        Assert.Equal(
            "/blobServices/default/containers/staging-datasets/",
            (string)subscription["properties"]!["filter"]!["subjectBeginsWith"]!
        );
    }

    [Fact]
    public async Task Delivery_to_a_queue_keeps_to_the_rules() => Assert.Empty(Broken(await DeployAsync(Queue)));

    [Fact]
    public async Task Changed_template_breaks_the_rule() =>
        Assert.Empty(ThatBreakRules.Select(change => change.Broken).Except(Broken(await DeployAsync(Queue, ThatBreakRules))));

    /// <summary>A storage account has one system topic: where a policy has made it, another is refused.</summary>
    [Fact]
    public async Task Existing_topic_is_used_and_none_is_made()
    {
        var deployment = await DeployAsync(Queue + "\nparam existingTopicName = 'of-defender'");
        Assert.Empty(deployment.OfType("Microsoft.EventGrid/systemTopics"));
        Assert.Equal(
            "of-defender/dataset-uploads",
            (string)deployment.OfType("Microsoft.EventGrid/systemTopics/eventSubscriptions").Single()["name"]!
        );
        Assert.Empty(Broken(deployment));
    }

    [Fact]
    public async Task Roles_that_are_not_given_are_printed_and_uploads_can_be_subscribed_to_afterwards()
    {
        var deployment = await DeployAsync(Queue + "\nparam assignRoles = false\nparam subscribe = false");
        Assert.Empty(deployment.Roles);
        Assert.Empty(deployment.OfType("Microsoft.EventGrid/systemTopics/eventSubscriptions"));
        Assert.Single(deployment.OfType("Microsoft.EventGrid/systemTopics"));
        var printed = deployment.Outputs["ROLES_TO_ASSIGN"]!.ToJsonString();
        Assert.Contains("Storage Blob Data Contributor", printed, StringComparison.Ordinal);
        Assert.Contains("Storage Queue Data Message Sender", printed, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Broken(Deployment deployment)
    {
        var subscription = deployment.OfType("Microsoft.EventGrid/systemTopics/eventSubscriptions").Single()["properties"]!;
        if (subscription["destination"] is not null || subscription.ToJsonString().Contains("listKeys", StringComparison.Ordinal))
        {
            yield return "events: the app is called";
        }

        var delivery = subscription["deliveryWithResourceIdentity"];
        if ((string?)delivery?["identity"]?["type"] != "SystemAssigned")
        {
            yield return "events: the queue is not reached with the topic's own identity, the only one that a firewall lets pass";
        }

        if ((string?)delivery?["destination"]?["properties"]?["queueName"] is var queue && queue != "upload-events")
        {
            yield return $"events: the queue is {queue}";
        }

        foreach (
            var type in subscription["filter"]!["includedEventTypes"]!
                .AsArray()
                .Where(type => (string?)type != "Microsoft.Storage.BlobCreated")
        )
        {
            yield return $"events: {type}";
        }

        var container = (string?)
            subscription["deadLetterWithResourceIdentity"]!["deadLetterDestination"]!["properties"]!["blobContainerName"];
        if (container != "undelivered-events")
        {
            yield return $"events: what is not delivered goes to {container}";
        }

        foreach (
            var (role, scope) in new[]
            {
                ("c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", "queues/upload-events"), // Storage Queue Data Message Sender
                ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "containers/undelivered-events"), // Storage Blob Data Contributor
            }.Except(deployment.Roles)
        )
        {
            yield return $"events: the topic may not do {role} on {scope}";
        }

        var watched = deployment
            .OfType("Microsoft.Insights/metricAlerts")
            .SelectMany(alert => alert["properties"]!["criteria"]!["allOf"]!.AsArray())
            .Select(criterion => (string?)criterion!["metricName"]);
        foreach (var metric in new[] { "DeliveryAttemptFailCount", "DeadLetteredCount", "DroppedEventCount" }.Except(watched))
        {
            yield return $"events: no alert on {metric}";
        }
    }

    private static Task<Deployment> DeployAsync(string parameters, params Change[] changes)
    {
        Bicep.SkipWhereMissing();
        return Deployment.OfAsync("events.bicep", parameters, changes, TestContext.Current.CancellationToken);
    }
}
