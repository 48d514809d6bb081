// Uploads to the app's container are told to the app by Event Grid, and what it could not deliver is kept. Deployed once the app is
// published, because the app must answer the handshake and has the key of the function only then; and again when that key is renewed.
// Through a queue it needs neither.

@description('Name of the function app.')
param functionAppName string

@description('Name of its storage account.')
param storageAccountName string

@description('The container that uploads go to.')
param datasetsContainer string = 'datasets'

@description('The queue that uploads are delivered to (output UPLOAD_QUEUE); empty where Event Grid calls the app.')
param uploadQueue string = ''

@description('The container for events that could not be delivered.')
param deadLetterContainer string = 'undelivered-events'

@description('Name of the system topic that the storage account has already, such as one of Microsoft Defender: an account has one. It needs a system-assigned identity. Empty for a topic that is made here.')
param existingTopicName string = ''

@description('Whether the topic\'s identity is given its roles. Where whoever deploys may not, deploy with subscribe false first; the output ROLES_TO_ASSIGN has the commands for somebody who may.')
param assignRoles bool = true

@description('Whether uploads are subscribed to. Event Grid tries the delivery when the subscription is made, so the topic\'s identity must have its roles.')
param subscribe bool = true

@description('Resource id of the action group that is told of events that could not be delivered; empty for no alerts.')
param alertActionGroupId string = ''

@description('Region of the storage account.')
param location string = resourceGroup().location

@description('Tags of the topic and its alerts; those of the resource group unless given.')
param tags object = resourceGroup().?tags ?? {}

resource storage 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadLetters 'containers' = {
      name: deadLetterContainer
      properties: { publicAccess: 'None' }
    }
  }

  resource queues 'queueServices' existing = {
    name: 'default'

    resource uploads 'queues' existing = {
      name: empty(uploadQueue) ? 'none' : uploadQueue
    }
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (empty(existingTopicName)) {
  name: 'evgt-${storageAccountName}'
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource existingTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = if (!empty(existingTopicName)) {
  name: existingTopicName
}

var topicId = empty(existingTopicName) ? topic.id : existingTopic.id
var principalId = empty(existingTopicName) ? topic!.identity.principalId : existingTopic!.identity.principalId
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
var queueDataMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a' // Storage Queue Data Message Sender

resource deadLetterAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignRoles) {
  name: guid(storage::blobs::deadLetters.id, topicId, blobDataContributor)
  scope: storage::blobs::deadLetters
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}

resource queueAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignRoles && !empty(uploadQueue)) {
  name: guid(storage::queues::uploads.id, topicId, queueDataMessageSender)
  scope: storage::queues::uploads
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataMessageSender)
  }
}

module uploads 'modules/event-subscription.bicep' = if (subscribe) {
  name: 'event-subscription'
  params: {
    topicName: empty(existingTopicName) ? topic.name : existingTopicName
    functionAppName: functionAppName
    storageAccountName: storageAccountName
    datasetsContainer: datasetsContainer
    uploadQueue: uploadQueue
    deadLetterContainer: deadLetterContainer
  }
  // Both ways are tried out when the subscription is made.
  dependsOn: [deadLetterAssignment, queueAssignment]
}

module alerts 'modules/metric-alert.bicep' = if (!empty(alertActionGroupId)) {
  name: 'alert-events'
  params: {
    alert: filter(loadJsonContent('alerts.json'), alert => alert.name == 'events-undelivered')[0]
    resourceId: topicId
    actionGroupId: alertActionGroupId
    tags: tags
    token: storageAccountName
  }
}

@description('The subscription that delivers uploads; its deliveries are shown in the portal under the topic.')
output EVENT_SUBSCRIPTION_ID string = subscribe ? uploads!.outputs.id : ''

@description('Commands for the roles that were not given (assignRoles), for somebody who may give them.')
output ROLES_TO_ASSIGN array = assignRoles ? [] : concat(
  ['az role assignment create --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --role "Storage Blob Data Contributor" --scope ${storage::blobs::deadLetters.id}'],
  empty(uploadQueue) ? [] : ['az role assignment create --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --role "Storage Queue Data Message Sender" --scope ${storage::queues::uploads.id}']
)
