// FunctionsEval in a resource group: the function app, its storage, one identity with the roles it needs, telemetry, and on request a
// network and an Azure OpenAI account. main.bicep makes the resource group first; this file can be deployed to one that is there.
import { modelType, privateDnsZonesType } from 'modules/types.bicep'

@description('Name of the deployment; resource names are made from its hash.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources.')
param location string = resourceGroup().location

@description('Tags of everything that takes tags, such as those that a policy requires.')
param tags object = {}

@description('The models of the app.')
param models modelType[] = loadJsonContent('models.json')

@description('Further app settings by name, such as FineTuning__Poll. Write no key here: name a Key Vault secret, @Microsoft.KeyVault(SecretUri=…).')
param settings object = loadJsonContent('settings.json')

@description('Whether an Azure OpenAI account is created, with a deployment for each model that has a create.')
param createOpenAi bool = false

@description('Region of an account that is created; empty for that of the other resources.')
param openAiLocation string = ''

@description('Name of an Azure OpenAI account that is there already; empty for none.')
param openAiName string = ''

@description('Resource group of that account; empty for this one.')
param openAiResourceGroup string = ''

@description('Subscription of that account; empty for this one.')
param openAiSubscriptionId string = ''

@description('Name of the model template that fine-tuned models are called by, such as tuned/*; empty for no fine-tuning.')
param fineTuningModel string = ''

@description('Whether the app deploys tuned models itself and removes them when they are evaluated. Its identity then may make and delete deployments of the account.')
param deployTunedModels bool = false

@description('Whether storage (and a created Azure OpenAI account) is reached from a network of its own only.')
param vnetEnabled bool = false

@description('Addresses of that network, where it is made here.')
param vnetAddressPrefix string = '10.100.0.0/16'

@description('Resource id of a subnet that is there already, for what the app calls: delegated to Microsoft.App/environments, used by nothing else. With endpointsSubnetId it takes the place of a network of its own.')
param appSubnetId string = ''

@description('Resource id of a subnet that is there already, for private endpoints.')
param endpointsSubnetId string = ''

@description('Private DNS zones that are there already.')
param privateDnsZoneIds privateDnsZonesType = {}

@description('Whether a private DNS zone is made for each endpoint that has none of privateDnsZoneIds. Not where a policy registers endpoints.')
param createDnsZones bool = true

@description('Whether the app is reached from the internet. Where it is not, it has a private endpoint, and uploads come through a queue.')
@allowed(['Enabled', 'Disabled'])
param publicNetworkAccess string = 'Enabled'

@description('Whether Event Grid delivers uploads to a queue of the storage account, where it may not call the app.')
param uploadsThroughQueue bool = false

@description('Addresses that may call the app, such as 203.0.113.0/24; empty for all. Event Grid always may.')
param allowedIpRanges string[] = []

@description('Application (client) id of the Entra app registration that callers sign in to; empty for none.')
param entraClientId string = ''

@description('Object id of who may upload datasets; empty for nobody.')
param uploaderPrincipalId string = ''

@description('Whether roles are given. Where whoever deploys may not, the output ROLES_TO_ASSIGN has the commands for somebody who may.')
param assignRoles bool = true

@description('Resource id of the action group that alerts tell; empty for no alerts.')
param alertActionGroupId string = ''

@description('Most that the models may cost a day before an alert, in the currency of their prices; 0 for no such alert.')
@minValue(0)
param dailyBudget int = 0

@description('Redundancy of storage.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Days after which blobs of finished runs (rows, samples, summaries) are deleted; 0 for never. The tables stay.')
@minValue(0)
@maxValue(3650)
param deleteRunsAfterDays int = 0

@description('Memory of an instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances of the app.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that are kept ready for HTTP requests and the webhooks, and paid while they wait; 0 for none.')
@minValue(0)
@maxValue(1000)
param alwaysReadyHttp int = 0

@description('Instances that are kept ready for orchestrations and activities, and paid while they wait; 0 for none.')
@minValue(0)
@maxValue(1000)
param alwaysReadyDurable int = 0

@description('Whether instances are spread over the zones of the region. Azure then keeps at least two instances ready for each group of functions.')
param zoneRedundant bool = false

@description('Plan of a Durable Task Scheduler that is the engine of orchestrations; empty for the storage account. The published app must contain its package.')
@allowed(['', 'Consumption', 'Dedicated'])
param durableTaskScheduler string = ''

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Most gigabytes of logs a day.')
@minValue(1)
param logDailyQuotaGb int = 1

var token = uniqueString(resourceGroup().id, environmentName)
var allTags = union(tags, { 'azd-env-name': environmentName })
// As the app names them (docs/settings.md).
var hubName = settings.?AzureFunctionsJobHost__extensions__durableTask__hubName ?? 'FunctionsEval'
var prefix = hubName == 'FunctionsEval' ? '' : '${toLower(hubName)}-'
var containers = {
  datasets: '${prefix}datasets'
  runs: '${prefix}runs'
  deployment: 'deployment'
}
var uploadQueue = uploadsThroughQueue || isClosed ? '${prefix}upload-events' : ''
var isClosed = publicNetworkAccess == 'Disabled'
var hasSubnets = empty(appSubnetId) == empty(endpointsSubnetId)
  ? !empty(appSubnetId)
  : fail('Give both appSubnetId and endpointsSubnetId, or neither.')
var makesNetwork = vnetEnabled && !hasSubnets
var isPrivate = makesNetwork || hasSubnets
var appSubnet = makesNetwork ? network!.outputs.appSubnetId : appSubnetId
var endpointsSubnet = makesNetwork ? network!.outputs.endpointsSubnetId : endpointsSubnetId
var networkId = split(endpointsSubnet, '/subnets/')[0]
var hasOpenAi = createOpenAi || !empty(openAiName)
var deploys = deployTunedModels && hasOpenAi && !empty(fineTuningModel)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${token}'
  location: location
  tags: allTags
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: allTags
    sku: storageSku
    containers: map(items(containers), container => container.value)
    queues: empty(uploadQueue) ? [] : [uploadQueue]
    expiringContainer: containers.runs
    expireAfterDays: deleteRunsAfterDays
    privateOnly: isPrivate
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-${token}'
    insightsName: 'appi-${token}'
    location: location
    tags: allTags
    retentionInDays: logRetentionInDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module roles 'modules/roles.bicep' = if (assignRoles) {
  name: 'roles'
  params: {
    storageAccountName: storage.outputs.name
    insightsName: monitoring.outputs.name
    identityPrincipalId: identity.properties.principalId
    datasetsContainer: containers.datasets
    uploaderPrincipalId: uploaderPrincipalId
  }
}

module openAi 'modules/openai.bicep' = if (createOpenAi) {
  name: 'openai'
  params: {
    name: 'aoai-${token}'
    location: empty(openAiLocation) ? location : openAiLocation
    tags: allTags
    models: models
    privateOnly: isPrivate
  }
}

module openAiAccess 'modules/openai-access.bicep' = if (hasOpenAi) {
  name: 'openai-access'
  scope: resourceGroup(
    createOpenAi || empty(openAiSubscriptionId) ? subscription().subscriptionId : openAiSubscriptionId,
    createOpenAi || empty(openAiResourceGroup) ? resourceGroup().name : openAiResourceGroup
  )
  params: {
    accountName: createOpenAi ? openAi!.outputs.name : openAiName
    identityPrincipalId: identity.properties.principalId
    deployTunedModels: deploys
    assignRoles: assignRoles
  }
}

module network 'modules/network.bicep' = if (makesNetwork) {
  name: 'network'
  params: {
    name: 'vnet-${token}'
    location: location
    tags: allTags
    addressPrefix: vnetAddressPrefix
  }
}

module storageEndpoints 'modules/private-endpoint.bicep' = [for service in ['blob', 'queue', 'table']: if (isPrivate) {
  name: 'endpoint-${service}'
  params: {
    name: 'pe-${service}-${token}'
    location: location
    tags: allTags
    subnetId: endpointsSubnet
    networkId: networkId
    resourceId: storage.outputs.id
    service: service
    zoneId: privateDnsZoneIds[?service] ?? ''
    createZone: createDnsZones
    zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
  }
}]

module openAiPrivateEndpoint 'modules/private-endpoint.bicep' = if (isPrivate && createOpenAi) {
  name: 'endpoint-openai'
  params: {
    name: 'pe-openai-${token}'
    location: location
    tags: allTags
    subnetId: endpointsSubnet
    networkId: networkId
    resourceId: openAiAccess!.outputs.id
    service: 'account'
    zoneId: privateDnsZoneIds.?account ?? ''
    createZone: createDnsZones
    zoneName: 'privatelink.openai.azure.com'
  }
}

module scheduler 'modules/scheduler.bicep' = if (!empty(durableTaskScheduler)) {
  name: 'scheduler'
  params: {
    name: 'dts-${token}'
    location: location
    tags: allTags
    sku: durableTaskScheduler
    hubName: hubName
    identityPrincipalId: identity.properties.principalId
    assignRoles: assignRoles
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: allTags
    identityName: identity.name
    storageAccountName: storage.outputs.name
    deploymentContainer: containers.deployment
    insightsConnectionString: monitoring.outputs.connectionString
    models: models
    settings: settings
    hasOpenAi: hasOpenAi
    openAiId: hasOpenAi ? openAiAccess!.outputs.id : ''
    openAiEndpoint: hasOpenAi ? openAiAccess!.outputs.endpoint : ''
    fineTuningModel: fineTuningModel
    deployTunedModels: deploys
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    zoneRedundant: zoneRedundant
    schedulerEndpoint: empty(durableTaskScheduler) ? '' : scheduler!.outputs.endpoint
    hasScheduler: !empty(durableTaskScheduler)
    subnetId: isPrivate ? appSubnet : ''
    privateOnly: isClosed
    uploadQueue: uploadQueue
    allowedIpRanges: allowedIpRanges
    entraClientId: entraClientId
  }
  // It cannot start before it may read its storage and finds it.
  dependsOn: [roles, storageEndpoints]
}

// It is needed to publish to the app, too: its address for that is behind the same endpoint.
module appPrivateEndpoint 'modules/private-endpoint.bicep' = if (isClosed) {
  name: 'endpoint-app'
  params: {
    name: 'pe-app-${token}'
    location: location
    tags: allTags
    subnetId: isPrivate ? endpointsSubnet : fail('publicNetworkAccess Disabled needs vnetEnabled, or appSubnetId and endpointsSubnetId: otherwise nobody could reach the app.')
    networkId: networkId
    resourceId: functionApp.outputs.id
    service: 'sites'
    zoneId: privateDnsZoneIds.?sites ?? ''
    createZone: createDnsZones
    zoneName: 'privatelink.azurewebsites.net'
  }
}

module alerts 'modules/alerts.bicep' = if (!empty(alertActionGroupId)) {
  name: 'alerts'
  params: {
    location: location
    tags: allTags
    actionGroupId: alertActionGroupId
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    appId: functionApp.outputs.id
    dailyBudget: dailyBudget
    dailyQuotaGb: logDailyQuotaGb
    token: token
  }
}

var rolesOfApp = [
  { role: 'Storage Blob Data Owner', scope: storage.outputs.id }
  { role: 'Storage Queue Data Contributor', scope: storage.outputs.id }
  { role: 'Storage Table Data Contributor', scope: storage.outputs.id }
  { role: 'Monitoring Metrics Publisher', scope: monitoring.outputs.insightsId }
  { role: 'Durable Task Data Contributor', scope: empty(durableTaskScheduler) ? '' : scheduler!.outputs.id }
  { role: 'Cognitive Services OpenAI User', scope: hasOpenAi ? openAiAccess!.outputs.id : '' }
]

@description('The resource group; what is made here is all in it.')
output AZURE_RESOURCE_GROUP string = resourceGroup().name

@description('Publish the app to this name.')
output FUNCTION_APP_NAME string = functionApp.outputs.name

@description('The app\'s address.')
output FUNCTION_APP_URL string = 'https://${functionApp.outputs.hostName}'

@description('Upload suites to the container of this account that DATASETS_CONTAINER names.')
output STORAGE_ACCOUNT_NAME string = storage.outputs.name

@description('The container that uploads go to.')
output DATASETS_CONTAINER string = containers.datasets

@description('Who may upload datasets; empty for nobody.')
output UPLOADER_PRINCIPAL_ID string = uploaderPrincipalId

@description('Give this identity the role Key Vault Secrets User where a setting names a secret, and Cognitive Services OpenAI User on further Azure OpenAI accounts.')
output IDENTITY_PRINCIPAL_ID string = identity.properties.principalId

@description('The queue that Event Grid delivers uploads to; empty where it calls the app.')
output UPLOAD_QUEUE string = uploadQueue

@description('Commands for the roles that were not given (assignRoles), for somebody who may give them. The app can neither start nor be published before.')
output ROLES_TO_ASSIGN array = assignRoles ? [] : concat(
  map(filter(rolesOfApp, role => !empty(role.scope)), role => 'az role assignment create --assignee-object-id ${identity.properties.principalId} --assignee-principal-type ServicePrincipal --role "${role.role}" --scope ${role.scope}'),
  deploys ? [
    'az role definition create --role-definition \'{"Name": "FunctionsEval deployer on ${last(split(openAiAccess!.outputs.id, '/'))}", "Actions": ["Microsoft.CognitiveServices/accounts/deployments/read", "Microsoft.CognitiveServices/accounts/deployments/write", "Microsoft.CognitiveServices/accounts/deployments/delete"], "AssignableScopes": ["${split(openAiAccess!.outputs.id, '/providers/')[0]}"]}\''
    'az role assignment create --assignee-object-id ${identity.properties.principalId} --assignee-principal-type ServicePrincipal --role "FunctionsEval deployer on ${last(split(openAiAccess!.outputs.id, '/'))}" --scope ${openAiAccess!.outputs.id}'
  ] : [],
  empty(uploaderPrincipalId) ? [] : ['az role assignment create --assignee ${uploaderPrincipalId} --role "Storage Blob Data Contributor" --scope ${storage.outputs.id}/blobServices/default/containers/${containers.datasets}']
)

@description('What to do next, in order.')
output NEXT_STEPS array = [
  'Publish the app: azd deploy, or az functionapp deployment source config-zip --resource-group ${resourceGroup().name} --name ${functionApp.outputs.name} --src app.zip'
  'Have uploads delivered (azd has done it): az deployment group create --resource-group ${resourceGroup().name} --template-file infra/events.bicep --parameters functionAppName=${functionApp.outputs.name} storageAccountName=${storage.outputs.name} datasetsContainer=${containers.datasets} uploadQueue=${uploadQueue}'
  'Upload the spec of a suite: az storage blob upload --auth-mode login --account-name ${storage.outputs.name} --container-name ${containers.datasets} --name SUITE/evaluation.json --file SUITE/evaluation.json'
  'Then its datasets: az storage blob upload-batch --auth-mode login --account-name ${storage.outputs.name} --destination ${containers.datasets}/SUITE --source SUITE --pattern "*.jsonl"'
  'Make a key for the dashboard, and open it at https://${functionApp.outputs.hostName}: az functionapp keys set --resource-group ${resourceGroup().name} --name ${functionApp.outputs.name} --key-type functionKeys --key-name dashboard'
]
