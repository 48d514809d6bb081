// FunctionsEval in a resource group: the function app, its storage, one identity with the roles it needs, telemetry, and on request a network
// and an Azure OpenAI account. main.bicep makes the resource group first; this file can be deployed to one that is there.
import { modelType } from 'modules/types.bicep'

@description('Name of the deployment; resource names are made from its hash.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources.')
param location string = resourceGroup().location

@description('The models of the app.')
param models modelType[] = loadJsonContent('models.json')

@description('Further app settings by name, such as FineTuning__Poll. Write no key here: name a Key Vault secret, @Microsoft.KeyVault(SecretUri=…).')
param settings object = loadJsonContent('settings.json')

@description('Whether an Azure OpenAI account is created, with a deployment for each model that has a create.')
param createOpenAi bool = false

@description('Name of an Azure OpenAI account that is there already; empty for none.')
param openAiName string = ''

@description('Resource group of that account; empty for this one.')
param openAiResourceGroup string = ''

@description('Name of the model template that fine-tuned models are called by, such as tuned/*; empty for no fine-tuning.')
param fineTuningModel string = ''

@description('Whether the app deploys tuned models itself and removes them when they are evaluated. Its identity then may make and delete deployments of the account.')
param deployTunedModels bool = false

@description('Whether storage (and a created Azure OpenAI account) is reached from a network of its own only.')
param vnetEnabled bool = false

@description('Addresses of that network.')
param vnetAddressPrefix string = '10.100.0.0/16'

@description('Addresses that may call the app, such as 203.0.113.0/24; empty for all. Event Grid always may.')
param allowedIpRanges string[] = []

@description('Application (client) id of the Entra app registration that callers sign in to; empty for none.')
param entraClientId string = ''

@description('Object id of who may upload datasets; empty for nobody.')
param uploaderPrincipalId string = ''

@description('Redundancy of storage.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Days after which blobs of finished runs (rows, samples, summaries) are deleted; 0 for never. The tables stay.')
@minValue(0)
@maxValue(3650)
param deleteRunsAfterDays int = 0

@description('Memory of an instance.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances of the app.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Most gigabytes of logs a day.')
@minValue(1)
param logDailyQuotaGb int = 1

var token = uniqueString(resourceGroup().id, environmentName)
var tags = { 'azd-env-name': environmentName }
// As the app names them (docs/settings.md).
var hubName = settings.?AzureFunctionsJobHost__extensions__durableTask__hubName ?? 'FunctionsEval'
var prefix = hubName == 'FunctionsEval' ? '' : '${toLower(hubName)}-'
var containers = {
  datasets: '${prefix}datasets'
  runs: '${prefix}runs'
  deployment: 'deployment'
}
var hasOpenAi = createOpenAi || !empty(openAiName)
var deploys = deployTunedModels && hasOpenAi && !empty(fineTuningModel)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${token}'
  location: location
  tags: tags
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: storageSku
    containers: map(items(containers), container => container.value)
    expiringContainer: containers.runs
    expireAfterDays: deleteRunsAfterDays
    privateOnly: vnetEnabled
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-${token}'
    insightsName: 'appi-${token}'
    location: location
    tags: tags
    retentionInDays: logRetentionInDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module roles 'modules/roles.bicep' = {
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
    location: location
    tags: tags
    models: models
    privateOnly: vnetEnabled
  }
}

module openAiAccess 'modules/openai-access.bicep' = if (hasOpenAi) {
  name: 'openai-access'
  scope: resourceGroup(createOpenAi || empty(openAiResourceGroup) ? resourceGroup().name : openAiResourceGroup)
  params: {
    accountName: createOpenAi ? openAi!.outputs.name : openAiName
    identityPrincipalId: identity.properties.principalId
    deployTunedModels: deploys
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  name: 'network'
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
    addressPrefix: vnetAddressPrefix
  }
}

module storageEndpoints 'modules/private-endpoint.bicep' = [for service in ['blob', 'queue', 'table']: if (vnetEnabled) {
  name: 'endpoint-${service}'
  params: {
    name: 'pe-${service}-${token}'
    location: location
    tags: tags
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointsSubnetId
    resourceId: storage.outputs.id
    service: service
    zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
  }
}]

module openAiPrivateEndpoint 'modules/private-endpoint.bicep' = if (vnetEnabled && createOpenAi) {
  name: 'endpoint-openai'
  params: {
    name: 'pe-openai-${token}'
    location: location
    tags: tags
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointsSubnetId
    resourceId: openAiAccess!.outputs.id
    service: 'account'
    zoneName: 'privatelink.openai.azure.com'
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: tags
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
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    allowedIpRanges: allowedIpRanges
    entraClientId: entraClientId
  }
  // It cannot start before it may read its storage and finds it.
  dependsOn: [roles, storageEndpoints]
}

@description('Publish the app to this name.')
output FUNCTION_APP_NAME string = functionApp.outputs.name

@description('The app\'s address.')
output FUNCTION_APP_URL string = 'https://${functionApp.outputs.hostName}'

@description('Upload suites to the container of this account that DATASETS_CONTAINER names.')
output STORAGE_ACCOUNT_NAME string = storage.outputs.name

@description('The container that uploads go to.')
output DATASETS_CONTAINER string = containers.datasets

@description('Give this identity the role Key Vault Secrets User where a setting names a secret, and Cognitive Services OpenAI User on further Azure OpenAI accounts.')
output IDENTITY_PRINCIPAL_ID string = identity.properties.principalId

@description('What to do next, in order.')
output NEXT_STEPS array = [
  'Publish the app: azd deploy, or az functionapp deployment source config-zip --resource-group ${resourceGroup().name} --name ${functionApp.outputs.name} --src app.zip'
  'Have uploads delivered (azd has done it): az deployment group create --resource-group ${resourceGroup().name} --template-file infra/events.bicep --parameters functionAppName=${functionApp.outputs.name} storageAccountName=${storage.outputs.name} datasetsContainer=${containers.datasets}'
  'Upload a suite: az storage blob upload-batch --auth-mode login --account-name ${storage.outputs.name} --destination ${containers.datasets}/SUITE --source SUITE'
]
