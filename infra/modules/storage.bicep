// The app's storage account: entered with an identity only.

param name string
param location string
param tags object

@description('Redundancy.')
param sku string

@description('Names of the blob containers.')
param containers string[]

@description('Names of the queues, beside those that the app makes itself.')
param queues string[]

@description('The container whose old blobs are deleted.')
param expiringContainer string

@description('Days after its last change that a blob of that container is deleted; 0 for never.')
param expireAfterDays int

@description('Whether the account is reached by private endpoints only.')
param privateOnly bool

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    networkAcls: {
      // Event Grid keeps undelivered events here, and delivers to the queue, with its topic's identity (events.bicep).
      bypass: privateOnly ? 'AzureServices' : 'None'
      defaultAction: privateOnly ? 'Deny' : 'Allow'
    }
    publicNetworkAccess: privateOnly ? 'Disabled' : 'Enabled'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource blobContainers 'containers' = [for container in containers: {
      name: container
      properties: { publicAccess: 'None' }
    }]
  }

  resource queueService 'queueServices' = if (!empty(queues)) {
    name: 'default'

    resource accountQueues 'queues' = [for queue in queues: {
      name: queue
    }]
  }

  resource lifecycle 'managementPolicies' = if (expireAfterDays > 0) {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'expire-${expiringContainer}'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['appendBlob', 'blockBlob']
                prefixMatch: ['${expiringContainer}/']
              }
              actions: {
                baseBlob: { delete: { daysAfterModificationGreaterThan: expireAfterDays } }
              }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
