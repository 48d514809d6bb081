// A resource group with FunctionsEval in it (resources.bicep): what azd deploys.
targetScope = 'subscription'

import { modelType, privateDnsZonesType } from 'modules/types.bicep'

@description('Name of the deployment; the resource group is rg- and this.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Tags of everything that takes tags, such as those that a policy requires.')
param tags object = {}

@description('The models of the app.')
param models modelType[] = loadJsonContent('models.json')

@description('Further app settings by name.')
param settings object = loadJsonContent('settings.json')

@description('Whether an Azure OpenAI account is created, with a deployment for each model that has a create.')
param createOpenAi bool = false

@description('Region of an account that is created; empty for that of the other resources.')
param openAiLocation string = ''

@description('Name of an Azure OpenAI account that is there already; empty for none.')
param openAiName string = ''

@description('Resource group of that account; empty for the one that is made here.')
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

@description('Addresses that may call the app, such as 203.0.113.0/24; empty for all.')
param allowedIpRanges string[] = []

@description('Application (client) id of the Entra app registration that callers sign in to; empty for none.')
param entraClientId string = ''

@description('Object id of who may upload datasets; empty for nobody.')
param uploaderPrincipalId string = ''

@description('Redundancy of storage.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Whether roles are given. Where whoever deploys may not, the output ROLES_TO_ASSIGN has the commands for somebody who may.')
param assignRoles bool = true

@description('Resource id of the action group that alerts tell; empty for no alerts.')
param alertActionGroupId string = ''

@description('Most that the models may cost a day before an alert, in the currency of their prices; 0 for no such alert.')
@minValue(0)
param dailyBudget int = 0

@description('Days after which blobs of finished runs are deleted; 0 for never.')
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

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: union(tags, { 'azd-env-name': environmentName })
}

module resources 'resources.bicep' = {
  name: 'functionseval'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: tags
    models: models
    settings: settings
    createOpenAi: createOpenAi
    openAiLocation: openAiLocation
    openAiName: openAiName
    openAiResourceGroup: openAiResourceGroup
    openAiSubscriptionId: openAiSubscriptionId
    fineTuningModel: fineTuningModel
    deployTunedModels: deployTunedModels
    vnetEnabled: vnetEnabled
    vnetAddressPrefix: vnetAddressPrefix
    appSubnetId: appSubnetId
    endpointsSubnetId: endpointsSubnetId
    privateDnsZoneIds: privateDnsZoneIds
    createDnsZones: createDnsZones
    publicNetworkAccess: publicNetworkAccess
    uploadsThroughQueue: uploadsThroughQueue
    allowedIpRanges: allowedIpRanges
    entraClientId: entraClientId
    uploaderPrincipalId: uploaderPrincipalId
    storageSku: storageSku
    assignRoles: assignRoles
    alertActionGroupId: alertActionGroupId
    dailyBudget: dailyBudget
    deleteRunsAfterDays: deleteRunsAfterDays
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    zoneRedundant: zoneRedundant
    durableTaskScheduler: durableTaskScheduler
    logRetentionInDays: logRetentionInDays
    logDailyQuotaGb: logDailyQuotaGb
  }
}

@description('The resource group; deleting it removes everything.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Publish the app to this name.')
output FUNCTION_APP_NAME string = resources.outputs.FUNCTION_APP_NAME

@description('The app\'s address.')
output FUNCTION_APP_URL string = resources.outputs.FUNCTION_APP_URL

@description('Upload suites to the container of this account that DATASETS_CONTAINER names.')
output STORAGE_ACCOUNT_NAME string = resources.outputs.STORAGE_ACCOUNT_NAME

@description('The container that uploads go to.')
output DATASETS_CONTAINER string = resources.outputs.DATASETS_CONTAINER

@description('Who may upload datasets; empty for nobody.')
output UPLOADER_PRINCIPAL_ID string = resources.outputs.UPLOADER_PRINCIPAL_ID

@description('The queue that Event Grid delivers uploads to; empty where it calls the app.')
output UPLOAD_QUEUE string = resources.outputs.UPLOAD_QUEUE

@description('Commands for the roles that were not given (assignRoles).')
output ROLES_TO_ASSIGN array = resources.outputs.ROLES_TO_ASSIGN

@description('The app\'s identity, for further roles.')
output IDENTITY_PRINCIPAL_ID string = resources.outputs.IDENTITY_PRINCIPAL_ID

@description('What to do next, in order.')
output NEXT_STEPS array = resources.outputs.NEXT_STEPS
