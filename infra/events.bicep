// Uploads to the app's container are told to the app by Event Grid, and what it could not deliver is kept. Deployed once the app is published, because the app must answer the
// handshake and has the key of the function only then; and again when that key is renewed.

@description('Name of the function app.')
param functionAppName string

@description('Name of its storage account.')
param storageAccountName string

@description('The container that uploads go to.')
param datasetsContainer string = 'datasets'

@description('The container for events that could not be delivered.')
param deadLetterContainer string = 'undelivered-events'

@description('Region of the storage account.')
param location string = resourceGroup().location

@description('Tags of the topic.')
param tags object = {}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadLetters 'containers' = {
      name: deadLetterContainer
      properties: { publicAccess: 'None' }
    }
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: functionAppName

  // The key of this function only: with it nothing but events can be sent.
  resource webhook 'functions' existing = {
    name: 'EventGridWebhook'
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${storageAccountName}'
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }

  resource uploads 'eventSubscriptions' = {
    name: datasetsContainer == 'datasets' ? 'dataset-uploads' : '${datasetsContainer}-uploads'
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      filter: {
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        subjectBeginsWith: '/blobServices/default/containers/${datasetsContainer}/'
      }
      destination: {
        endpointType: 'WebHook'
        properties: {
          endpointUrl: 'https://${app.properties.defaultHostName}/api/webhooks/eventgrid?code=${app::webhook.listKeys().default}'
          maxEventsPerBatch: 1
        }
      }
      retryPolicy: {
        eventTimeToLiveInMinutes: 1440
        maxDeliveryAttempts: 30
      }
      // Event Grid gives an event up at once when the app answers 400, 401, 403 or 413.
      deadLetterWithResourceIdentity: {
        identity: { type: 'SystemAssigned' }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: {
            resourceId: storage.id
            blobContainerName: storage::blobs::deadLetters.name
          }
        }
      }
    }
    // It is tried out when the subscription is made.
    dependsOn: [deadLetterAssignment]
  }
}

var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor

resource deadLetterAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::blobs::deadLetters.id, topic.id, blobDataContributor)
  scope: storage::blobs::deadLetters
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}

@description('The subscription that delivers uploads; its deliveries are shown in the portal under the topic.')
output EVENT_SUBSCRIPTION_ID string = topic::uploads.id
