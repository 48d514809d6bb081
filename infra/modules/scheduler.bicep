// The Durable Task Scheduler with the app's task hub: the engine of orchestrations in place of queues and tables of the storage account.
// The published app must contain its package (docs/adr/0024-durable-task-scheduler.md).

param name string
param location string
param tags object

@description('Consumption or Dedicated.')
param sku string

param hubName string

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('Whether the role is given.')
param assignRoles bool

var dataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402' // Durable Task Data Contributor

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: sku == 'Dedicated' ? { name: sku, capacity: 1 } : { name: sku }
    // Whoever calls needs the role; instances of a Flex Consumption plan have no addresses of their own.
    ipAllowlist: ['0.0.0.0/0']
  }

  resource hub 'taskHubs' = {
    name: hubName
    properties: {}
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignRoles) {
  name: guid(scheduler.id, identityPrincipalId, dataContributor)
  scope: scheduler
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
  }
}

output id string = scheduler.id
output endpoint string = scheduler.properties.endpoint
