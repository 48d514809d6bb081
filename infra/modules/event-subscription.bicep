// Blobs that are created in a container are told to the app: to its webhook, or to a queue that it reads.

@description('The system topic of the storage account.')
param topicName string

param functionAppName string
param storageAccountName string

@description('The container whose blobs are told.')
param datasetsContainer string

@description('The queue that is delivered to; empty for the webhook.')
param uploadQueue string

@description('The container for events that could not be delivered.')
param deadLetterContainer string

resource storage 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName
}

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName

  // The key of this function only: with it nothing but events can be sent.
  resource webhook 'functions' existing = {
    name: 'EventGridWebhook'
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName

  resource uploads 'eventSubscriptions' = {
    name: datasetsContainer == 'datasets' ? 'dataset-uploads' : '${datasetsContainer}-uploads'
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      filter: {
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        subjectBeginsWith: '/blobServices/default/containers/${datasetsContainer}/'
      }
      destination: empty(uploadQueue) ? {
        endpointType: 'WebHook'
        properties: {
          endpointUrl: 'https://${app.properties.defaultHostName}/api/webhooks/eventgrid?code=${app::webhook.listKeys().default}'
          maxEventsPerBatch: 1
        }
      } : null
      // A firewall of the account lets the topic's system-assigned identity pass, as a trusted service, and no other.
      deliveryWithResourceIdentity: empty(uploadQueue) ? null : {
        identity: { type: 'SystemAssigned' }
        destination: {
          endpointType: 'StorageQueue'
          properties: {
            resourceId: storage.id
            queueName: uploadQueue
            queueMessageTimeToLiveInSeconds: 604800
          }
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
            blobContainerName: deadLetterContainer
          }
        }
      }
    }
  }
}

output id string = topic::uploads.id
