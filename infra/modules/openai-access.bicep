// What the app may do with an Azure OpenAI account, in whichever resource group and subscription that is. The role reads deployments
// through Azure Resource Manager too (its actions begin with Microsoft.CognitiveServices/*/read), so fine-tuning needs no other, unless the
// app deploys tuned models itself: then it has a role of its own, which can do nothing but make and delete deployments.

param accountName string

@description('Object id of the app\'s identity.')
param identityPrincipalId string

@description('Whether the app deploys tuned models itself, and removes them.')
param deployTunedModels bool

@description('Whether the roles are given; otherwise somebody else gives them.')
param assignRoles bool

var openAiUser = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd' // Cognitive Services OpenAI User

resource account 'Microsoft.CognitiveServices/accounts@2026-07-01' existing = {
  name: accountName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignRoles) {
  name: guid(account.id, identityPrincipalId, openAiUser)
  scope: account
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', openAiUser)
  }
}

resource deployer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (assignRoles && deployTunedModels) {
  name: guid(account.id, 'functionseval-deployer')
  properties: {
    roleName: 'FunctionsEval deployer on ${accountName}'
    description: 'Makes and deletes model deployments of an account.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: [
          'Microsoft.CognitiveServices/accounts/deployments/read'
          'Microsoft.CognitiveServices/accounts/deployments/write'
          'Microsoft.CognitiveServices/accounts/deployments/delete'
        ]
      }
    ]
  }
}

resource deployerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (assignRoles && deployTunedModels) {
  name: guid(account.id, identityPrincipalId, 'functionseval-deployer')
  scope: account
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: deployer.id
  }
}

output id string = account.id
output endpoint string = account.properties.endpoint
