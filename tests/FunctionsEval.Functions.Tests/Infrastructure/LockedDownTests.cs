namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>
/// A tenant that says no: the network and its zones belong to others, the app is not reached from the internet, and whoever deploys may not
/// give roles.
/// </summary>
public sealed class LockedDownTests
{
    private const string Spoke = "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/network/providers/Microsoft.Network";
    private const string BlobZone = Spoke + "/privateDnsZones/privatelink.blob.core.windows.net";

    private const string LockedDown =
        DeploymentTests.Smallest
        + $$"""

            param tags = { costCenter: '7' }
            param appSubnetId = '{{Spoke}}/virtualNetworks/spoke/subnets/app'
            param endpointsSubnetId = '{{Spoke}}/virtualNetworks/spoke/subnets/endpoints'
            param privateDnsZoneIds = { blob: '{{BlobZone}}' }
            param createDnsZones = false
            param publicNetworkAccess = 'Disabled'
            param assignRoles = false
            param storageSku = 'Standard_LRS'
            param openAiName = 'mine'
            param openAiResourceGroup = 'elsewhere'
            param openAiSubscriptionId = '00000000-0000-0000-0000-000000000007'
            param fineTuningModel = 'tuned/*'
            param deployTunedModels = true
            param uploaderPrincipalId = '00000000-0000-0000-0000-00000000000b'
            param models = [{ name: 'tuned/*', deployment: '*' }]
            """;

    private static readonly Expected AsAsked = new(
        HasOpenAi: true,
        HasUploader: true,
        IsPrivate: true,
        IsClosed: true,
        AssignsRoles: false
    );

    private static readonly Change[] ThatBreakRules =
    [
        new(
            "modules/storage.bicep",
            "  tags: tags\n  kind: 'StorageV2'",
            "  kind: 'StorageV2'",
            "tags: Microsoft.Storage/storageAccounts has no costCenter"
        ),
        new(
            "modules/function-app.bicep",
            "publicNetworkAccess: privateOnly ? 'Disabled' : 'Enabled'",
            "",
            "closed: the app is reached from the internet"
        ),
        new("resources.bicep", "service: 'sites'", "service: 'site'", "closed: the app's endpoint"),
        new("modules/function-app.bicep", "EventGrid__Queue: uploadQueue", "EventGrid__Queue: 'other'", "closed: there is no queue other"),
        new(
            "modules/roles.bicep",
            "= if (!empty(uploaderPrincipalId))",
            "= if (true)",
            "roles: Storage Blob Data Contributor on containers/datasets is too much"
        ),
        new(
            "resources.bicep",
            "module roles 'modules/roles.bicep' = if (assignRoles)",
            "module roles 'modules/roles.bicep' = if (true)",
            "roles: Storage Blob Data Owner on Microsoft.Storage/storageAccounts is too much"
        ),
        new(
            "resources.bicep",
            "{ role: 'Storage Queue Data Contributor', scope: storage.outputs.id }",
            "",
            "roles: Storage Queue Data Contributor is neither given nor printed"
        ),
        new(
            "modules/private-endpoint.bicep",
            "if (makesZone || !empty(zoneId))",
            "if (makesZone)",
            "zones: blob is not in the zone that is there"
        ),
        new(
            "modules/private-endpoint.bicep",
            "subnet: { id: subnetId }",
            "subnet: { id: resourceId }",
            "network: an endpoint is elsewhere"
        ),
        new("resources.bicep", "sku: storageSku", "sku: 'Standard_ZRS'", "storage: Standard_ZRS"),
    ];

    [Fact]
    public async Task Locked_down_deployment_keeps_to_the_rules() => Assert.Empty(Broken(await DeployAsync()));

    [Fact]
    public async Task Changed_template_breaks_the_rule() =>
        Assert.Empty(ThatBreakRules.Select(change => change.Broken).Except(Broken(await DeployAsync(ThatBreakRules))));

    /// <summary>A half of a network is a mistake, and the deployment says which.</summary>
    [Theory]
    [InlineData("param appSubnetId = '/subscriptions/s/subnets/app'", "Give both appSubnetId and endpointsSubnetId, or neither.")]
    [InlineData(
        "param publicNetworkAccess = 'Disabled'",
        "publicNetworkAccess Disabled needs vnetEnabled, or appSubnetId and endpointsSubnetId"
    )]
    public async Task What_could_not_work_is_refused_before_anything_is_made(string parameters, string reason)
    {
        Bicep.SkipWhereMissing();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Deployment.OfAsync(
                "main.bicep",
                $"{DeploymentTests.Smallest}\n{parameters}",
                changes: [],
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>With azd and <c>module: resources</c> in azure.yaml, or a group that somebody else made.</summary>
    [Fact]
    public async Task Resource_groups_template_makes_the_same_in_a_group_that_is_there()
    {
        Bicep.SkipWhereMissing();
        var inGroup = await Deployment.OfAsync("resources.bicep", LockedDown, changes: [], TestContext.Current.CancellationToken);
        var withGroup = await DeployAsync();
        Assert.Empty(Broken(inGroup));
        Assert.DoesNotContain(inGroup.Resources, resource => (string?)resource["type"] == "Microsoft.Resources/resourceGroups");
        Assert.Equal(
            withGroup.Resources.Select(resource => (string?)resource["type"]).Where(type => type != "Microsoft.Resources/resourceGroups"),
            inGroup.Resources.Select(resource => (string?)resource["type"])
        );
        Assert.Equal(
            withGroup.Outputs.Select(output => output.Key).Order(StringComparer.Ordinal),
            inGroup.Outputs.Select(output => output.Key).Order(StringComparer.Ordinal)
        );
    }

    private static IEnumerable<string> Broken(Deployment deployment)
    {
        foreach (var broken in DeploymentRules.Check(deployment, AsAsked))
        {
            yield return broken;
        }

        if (deployment.OfType("Microsoft.Network/virtualNetworks").Any() || deployment.OfType("Microsoft.Network/privateDnsZones").Any())
        {
            yield return "network: one is made";
        }

        if (
            deployment
                .OfType("Microsoft.Network/privateEndpoints")
                .Any(endpoint => (string?)endpoint["properties"]!["subnet"]!["id"] != $"{Spoke}/virtualNetworks/spoke/subnets/endpoints")
        )
        {
            yield return "network: an endpoint is elsewhere";
        }

        // The other endpoints are registered by a policy.
        var registered = deployment.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").ToList();
        if (
            registered.Count != 1
            || (string?)registered[0]["properties"]!["privateDnsZoneConfigs"]![0]!["properties"]!["privateDnsZoneId"] != BlobZone
        )
        {
            yield return "zones: blob is not in the zone that is there";
        }

        if ((string?)deployment.OfType("Microsoft.Storage/storageAccounts").Single()["sku"]!["name"] is var sku && sku != "Standard_LRS")
        {
            yield return $"storage: {sku}";
        }
    }

    private static Task<Deployment> DeployAsync(params Change[] changes)
    {
        Bicep.SkipWhereMissing();
        return Deployment.OfAsync("main.bicep", LockedDown, changes, TestContext.Current.CancellationToken);
    }
}
