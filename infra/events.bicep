// Uploads to the container datasets are told to the app by Event Grid. Deployed once the app is published, because the app must answer the
// handshake and has the key of the function only then; and again when that key is renewed.

@description('Name of the function app.')
param functionAppName string

@description('Name of its storage account.')
param storageAccountName string

@description('Region of the storage account.')
param location string = resourceGroup().location

@description('Tags of the topic.')
param tags object = {}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
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
  properties: {
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }

  resource uploads 'eventSubscriptions' = {
    name: 'dataset-uploads'
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      filter: {
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        subjectBeginsWith: '/blobServices/default/containers/datasets/'
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
    }
  }
}

@description('The subscription that delivers uploads; its deliveries are shown in the portal under the topic.')
output EVENT_SUBSCRIPTION_ID string = topic::uploads.id
