// A resource group with FunctionsEval in it (resources.bicep): what azd deploys.
targetScope = 'subscription'

import { modelType } from 'modules/types.bicep'

@description('Name of the deployment; the resource group is rg- and this.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of all resources.')
@metadata({ azd: { type: 'location' } })
param location string

@description('The models of the app.')
param models modelType[] = loadJsonContent('models.json')

@description('Further app settings by name.')
param settings object = loadJsonContent('settings.json')

@description('Whether an Azure OpenAI account is created, with a deployment for each model that has a create.')
param createOpenAi bool = false

@description('Name of an Azure OpenAI account that is there already; empty for none.')
param openAiName string = ''

@description('Resource group of that account; empty for the one that is made here.')
param openAiResourceGroup string = ''

@description('Name of the model template that fine-tuned models are called by, such as tuned/*; empty for no fine-tuning.')
param fineTuningModel string = ''

@description('Whether the app deploys tuned models itself and removes them when they are evaluated. Its identity then may make and delete deployments of the account.')
param deployTunedModels bool = false

@description('Whether storage (and a created Azure OpenAI account) is reached from a network of its own only.')
param vnetEnabled bool = false

@description('Addresses that may call the app, such as 203.0.113.0/24; empty for all.')
param allowedIpRanges string[] = []

@description('Application (client) id of the Entra app registration that callers sign in to; empty for none.')
param entraClientId string = ''

@description('Object id of who may upload datasets; empty for nobody.')
param uploaderPrincipalId string = ''

@description('Days after which blobs of finished runs are deleted; 0 for never.')
@minValue(0)
@maxValue(3650)
param deleteRunsAfterDays int = 0

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: { 'azd-env-name': environmentName }
}

module resources 'resources.bicep' = {
  name: 'functionseval'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    models: models
    settings: settings
    createOpenAi: createOpenAi
    openAiName: openAiName
    openAiResourceGroup: openAiResourceGroup
    fineTuningModel: fineTuningModel
    deployTunedModels: deployTunedModels
    vnetEnabled: vnetEnabled
    allowedIpRanges: allowedIpRanges
    entraClientId: entraClientId
    uploaderPrincipalId: uploaderPrincipalId
    deleteRunsAfterDays: deleteRunsAfterDays
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

@description('The app\'s identity, for further roles.')
output IDENTITY_PRINCIPAL_ID string = resources.outputs.IDENTITY_PRINCIPAL_ID

@description('What to do next, in order.')
output NEXT_STEPS array = resources.outputs.NEXT_STEPS
