// The function app on a Flex Consumption plan, with its settings.
import { modelType } from 'types.bicep'

param name string
param planName string
param location string
param tags object

@description('The app\'s identity.')
param identityName string

param storageAccountName string

@description('The container that the published app lies in.')
param deploymentContainer string

@secure()
@description('Where telemetry is sent.')
param insightsConnectionString string

param models modelType[]

@description('Further app settings; they win over those that are made here.')
param settings object

@description('Whether there is an Azure OpenAI account, its resource id and its endpoint.')
param hasOpenAi bool
param openAiId string
param openAiEndpoint string

@description('The model template of fine-tuned models; empty for none.')
param fineTuningModel string

@description('Whether the app deploys tuned models itself.')
param deployTunedModels bool

param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyHttp int
param alwaysReadyDurable int
param zoneRedundant bool

@description('Whether a Durable Task Scheduler is the engine of orchestrations, and its endpoint.')
param hasScheduler bool
param schedulerEndpoint string

@description('Subnet that the app calls from; empty for none.')
param subnetId string

@description('Whether the app is reached through a private endpoint only.')
param privateOnly bool

@description('The queue that Event Grid delivers uploads to; empty where it calls the app.')
param uploadQueue string

@description('Addresses that may call the app; empty for all.')
param allowedIpRanges string[]

@description('Application (client) id of the Entra app registration that callers sign in to; empty for none.')
param entraClientId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource storage 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName
}

// What is known only once the resources are there. Settings refer to it by resource:NAME, so that every other setting can be told from the
// template alone.
var lookedUp = {
  blobEndpoint: storage.properties.primaryEndpoints.blob
  queueEndpoint: storage.properties.primaryEndpoints.queue
  tableEndpoint: storage.properties.primaryEndpoints.table
  clientId: identity.properties.clientId
  telemetrySender: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  telemetryReceiver: insightsConnectionString
  openAiEndpoint: openAiEndpoint
  openAiId: openAiId
  schedulerConnection: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
}

// The property maxConcurrency of models[i] is the setting Models__{i}__MaxConcurrency. A model without an endpoint is one of the Azure
// OpenAI account.
var modelSettings = [for (model, i) in models: map(
  filter(
    items(union(hasOpenAi && (model.?provider ?? 'AzureOpenAI') == 'AzureOpenAI' ? { endpoint: 'resource:openAiEndpoint' } : {}, model)),
    property => property.key != 'create'
  ),
  property => property.key == 'apiKeySecretUri'
    ? { name: 'Models__${i}__ApiKey', value: '@Microsoft.KeyVault(SecretUri=${property.value})' }
    : { name: 'Models__${i}__${toUpper(take(property.key, 1))}${skip(property.key, 1)}', value: property.value }
)]

var fineTuningSettings = empty(fineTuningModel) ? {} : union(
  {
    FineTuning__Model: fineTuningModel
    FineTuning__Endpoint: 'resource:openAiEndpoint'
    FineTuning__ResourceId: 'resource:openAiId'
  },
  deployTunedModels ? { FineTuning__Deploy: 'true' } : {}
)

var pollsFineTuneJobs = toLower(string(settings.?FineTuning__Poll ?? false)) == 'true'

var platformSettings = {
  AzureWebJobsStorage__blobServiceUri: 'resource:blobEndpoint'
  AzureWebJobsStorage__queueServiceUri: 'resource:queueEndpoint'
  AzureWebJobsStorage__tableServiceUri: 'resource:tableEndpoint'
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: 'resource:clientId'
  AZURE_CLIENT_ID: 'resource:clientId'
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'resource:telemetryReceiver'
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'resource:telemetrySender'
  // The app answers at / itself.
  AzureWebJobsDisableHomepage: 'true'
  // Above Evaluation__MaxUploadBytes, so that a body that is too large is refused by the app, with a reason.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '115343360'
  // Without it host and app keep five traces a second, and drop the logs of the others.
  OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
  OTEL_TRACES_SAMPLER_ARG: '1.0'
  // Nothing polls on this plan: Event Grid brings uploads (events.bicep), and a timer every 15 seconds is paid as a second each.
  'AzureWebJobs.DatasetUploaded.Disabled': 'true'
  'AzureWebJobs.SweepDatasets.Disabled': 'true'
  'AzureWebJobs.PollFineTuneJobs.Disabled': pollsFineTuneJobs ? 'false' : 'true'
  'AzureWebJobs.SweepDeployments.Disabled': deployTunedModels ? 'false' : 'true'
}

var schedulerSettings = hasScheduler ? {
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'resource:schedulerConnection'
} : {}

var allSettings = union(
  platformSettings,
  schedulerSettings,
  empty(uploadQueue) ? {} : { EventGrid__Queue: uploadQueue },
  toObject(flatten(modelSettings), setting => setting.name, setting => setting.value),
  fineTuningSettings,
  settings
)

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd publishes to the app with this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    publicNetworkAccess: privateOnly ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: filter(
          [
            { name: 'http', instanceCount: alwaysReadyHttp }
            { name: 'durable', instanceCount: alwaysReadyDurable }
          ],
          group => group.instanceCount > 0
        )
      }
    }
    siteConfig: {
      appSettings: [for setting in items(allSettings): {
        name: setting.key
        value: startsWith(string(setting.value), 'resource:') ? lookedUp[skip(setting.value, 9)] : string(setting.value)
      }]
      ftpsState: 'Disabled'
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      // Event Grid delivers from addresses of its own, and publishing goes another way.
      ipSecurityRestrictionsDefaultAction: empty(allowedIpRanges) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: empty(allowedIpRanges) ? [] : concat(
        [
          {
            name: 'event-grid'
            priority: 100
            action: 'Allow'
            tag: 'ServiceTag'
            ipAddress: 'AzureEventGrid'
          }
        ],
        map(range(0, length(allowedIpRanges)), i => {
          name: 'range-${i}'
          priority: 200 + i
          action: 'Allow'
          tag: 'Default'
          ipAddress: allowedIpRanges[i]
        })
      )
      scmIpSecurityRestrictionsUseMain: false
    }
  }

  resource ftpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  // Signing in comes before the function keys, not instead of them. The webhooks are called by those who cannot sign in: one has a
  // signature, the other a key.
  resource signIn 'config' = if (!empty(entraClientId)) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: true
        redirectToProvider: 'azureactivedirectory'
        unauthenticatedClientAction: 'RedirectToLoginPage'
        excludedPaths: ['/api/webhooks/eventgrid', '/api/webhooks/openai']
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: entraClientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
          validation: {
            allowedAudiences: [entraClientId, 'api://${entraClientId}']
          }
        }
      }
      login: { tokenStore: { enabled: false } }
    }
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
