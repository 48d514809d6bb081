namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>What <see cref="DeploymentTests"/> changes in the templates.</summary>
internal static class DeploymentChanges
{
    /// <summary>
    /// Changes that break a rule each. Two lists, because the second's are in the way of the first's; each list is made at once, because
    /// compiling takes seconds.
    /// </summary>
    public static readonly Change[][] ThatBreakRules =
    [
        [
            new("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "storage: shared keys are allowed"),
            new(
                "modules/storage.bicep",
                "allowBlobPublicAccess: false",
                "allowBlobPublicAccess: true",
                "storage: public blobs are allowed"
            ),
            new("modules/storage.bicep", "supportsHttpsTrafficOnly: true", "supportsHttpsTrafficOnly: false", "storage: http is allowed"),
            new("modules/storage.bicep", "TLS1_2", "TLS1_1", "storage: TLS before 1.2 is allowed"),
            new("modules/storage.bicep", "privateOnly ? 'Disabled' : 'Enabled'", "'Enabled'", "storage: reached from the internet"),
            new("modules/storage.bicep", "publicAccess: 'None'", "publicAccess: 'Blob'", "containers: public access"),
            new(
                "resources.bicep",
                "datasets: '${prefix}datasets'",
                "datasets: 'uploads'",
                "containers: uploads, deployment, runs instead of datasets, runs, deployment"
            ),
            new(
                "modules/roles.bicep",
                "scope: storage\n",
                "scope: resourceGroup()\n",
                "roles: Storage Blob Data Owner on resourceGroups/rg-test is too much"
            ),
            new(
                "modules/roles.bicep",
                "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
                "17d1049b-9a84-46fb-8f53-869881c3d3ab",
                "roles: 17d1049b-9a84-46fb-8f53-869881c3d3ab on resourceGroups/rg-test is too much"
            ),
            new(
                "modules/roles.bicep",
                "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
                "17d1049b-9a84-46fb-8f53-869881c3d3ab",
                "roles: Storage Queue Data Contributor on Microsoft.Storage/storageAccounts is missing"
            ),
            new("modules/function-app.bicep", "name: 'FC1'", "name: 'EP1'", "app: not on Flex Consumption"),
            new("modules/function-app.bicep", "version: '10.0'", "version: '8.0'", "app: runtime"),
            new(
                "modules/function-app.bicep",
                "type: 'UserAssignedIdentity'",
                "type: 'SystemAssignedIdentity'",
                "app: its package is not read by the identity"
            ),
            new("modules/function-app.bicep", "httpsOnly: true", "httpsOnly: false", "app: http is allowed"),
            new("modules/function-app.bicep", "minTlsVersion: '1.2'\n", "minTlsVersion: '1.0'\n", "app: TLS before 1.2 is allowed"),
            new(
                "modules/function-app.bicep",
                "properties: { allow: false }",
                "properties: { allow: true }",
                "app: published with a password"
            ),
            new("modules/function-app.bicep", "'AzureWebJobs.DatasetUploaded.Disabled': 'true'", "", "polling: DatasetUploaded"),
            new("modules/function-app.bicep", "'AzureWebJobs.SweepDatasets.Disabled': 'true'", "", "polling: SweepDatasets"),
            new("modules/function-app.bicep", "pollsFineTuneJobs ? 'false' : 'true'", "'true'", "polling: PollFineTuneJobs"),
            new(
                "modules/function-app.bicep",
                "FineTuning__ResourceId",
                "FineTuning__AccountId",
                "settings: nothing reads FineTuning__AccountId"
            ),
            new("modules/function-app.bicep", "'Models__${i}__ApiKey'", "'Models__${i}__Key'", "settings: nothing reads Models__0__Key"),
            new(
                "modules/function-app.bicep",
                "AzureWebJobsStorage__queueServiceUri: 'resource:queueEndpoint'",
                "",
                "settings: AzureWebJobsStorage__queueServiceUri is missing"
            ),
            new(
                "modules/function-app.bicep",
                "AzureWebJobsStorage__credential: 'managedidentity'",
                "",
                "settings: storage without an identity"
            ),
            new("modules/function-app.bicep", "AzureWebJobsDisableHomepage: 'true'", "", "settings: the host answers at /"),
            new("modules/function-app.bicep", ";Authorization=AAD", "", "settings: telemetry without an identity"),
            new(
                "modules/function-app.bicep",
                "virtualNetworkSubnetId: empty(subnetId) ? null : subnetId",
                "",
                "endpoints: the app's subnet"
            ),
            new("modules/monitoring.bicep", "DisableLocalAuth: true", "DisableLocalAuth: false", "keys: telemetry is taken from anybody"),
            new("modules/openai.bicep", "disableLocalAuth: true", "disableLocalAuth: false", "keys: Azure OpenAI takes keys"),
            new(
                "modules/openai.bicep",
                "privateOnly ? 'Disabled' : 'Enabled'",
                "'Enabled'",
                "endpoints: Azure OpenAI is reached from the internet"
            ),
            new("resources.bicep", "['blob', 'queue', 'table']", "['blob', 'queue']", "endpoints: table"),
            new(
                "modules/network.bicep",
                "          networkSecurityGroup: { id: appRules.id }\n",
                "",
                "network: the subnet app has no security group"
            ),
            new("modules/network.bicep", "access: 'Deny'", "access: 'Allow'", "network: endpoints are reached from everywhere"),
            new(
                "modules/network.bicep",
                "destinationPortRange: '443'",
                "destinationPortRange: '80'",
                "network: endpoints are reached by more than https"
            ),
            new(
                "modules/network.bicep",
                "'NetworkSecurityGroupEnabled'",
                "'Disabled'",
                "network: the security group does not hold for endpoints"
            ),
            new(
                "modules/private-endpoint.bicep",
                "resource link 'virtualNetworkLinks' = {",
                "resource link 'virtualNetworkLinks' = if (service != 'blob') {",
                "zones: the network does not find the names in one"
            ),
            new(
                "modules/private-endpoint.bicep",
                "if (makesZone || !empty(zoneId))",
                "if (!empty(zoneId))",
                "zones: no endpoint is in one"
            ),
            new("modules/openai.bicep", "  tags: tags\n  kind", "  kind", "tags: Microsoft.CognitiveServices/accounts has no costCenter"),
            new("main.bicep", "resources.outputs.FUNCTION_APP_URL", "'https://app/api?code=1'", "outputs: FUNCTION_APP_URL has a secret"),
        ],
        [
            new(
                "modules/storage.bicep",
                "prefixMatch: ['${expiringContainer}/']",
                "prefixMatch: ['datasets/']",
                "containers: blobs of 'datasets/' expire"
            ),
            new(
                "resources.bicep",
                "deploymentContainer: containers.deployment",
                "deploymentContainer: 'elsewhere'",
                "containers: datasets, deployment, runs instead of datasets, runs, elsewhere"
            ),
            new(
                "modules/roles.bicep",
                "scope: storage::blobs::datasets",
                "scope: storage",
                "roles: Storage Blob Data Contributor on Microsoft.Storage/storageAccounts is too much"
            ),
            new(
                "modules/openai-access.bicep",
                "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
                "a001fd3d-188f-4b5d-821b-7da978bf7442",
                "roles: Cognitive Services OpenAI User on Microsoft.CognitiveServices/accounts is missing"
            ),
            new(
                "modules/openai-access.bicep",
                "'Microsoft.CognitiveServices/accounts/deployments/delete'",
                "'Microsoft.CognitiveServices/accounts/delete'",
                "roles: Microsoft.CognitiveServices/accounts/delete is too much"
            ),
            new(
                "modules/function-app.bicep",
                "SweepDeployments.Disabled': deploy",
                "SweepDeployments.Disabled': !deploy",
                "polling: SweepDeployments"
            ),
            new("modules/function-app.bicep", "'115343360'", "'104857600'", "settings: the host refuses uploads that the app would take"),
            new(
                "modules/function-app.bicep",
                "OTEL_TRACES_SAMPLER_ARG: '1.0'",
                "OTEL_TRACES_SAMPLER_ARG: '0.1'",
                "settings: traces and their logs are dropped"
            ),
            new(
                "modules/function-app.bicep",
                "AzureWebJobs.SweepDatasets.Disabled",
                "AzureWebJobs.SweepDataset.Disabled",
                "settings: nothing reads AzureWebJobs.SweepDataset.Disabled"
            ),
            new(
                "modules/function-app.bicep",
                "telemetryReceiver: insightsConnectionString",
                "telemetryReceiver: '${insightsConnectionString}${storage.listKeys().keys[0].value}'",
                "keys: a key is read"
            ),
        ],
    ];
}
