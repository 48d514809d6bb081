// What the app may do with an Azure OpenAI account, in whichever resource group that is. The role reads deployments through Azure Resource
// Manager too (its actions begin with Microsoft.CognitiveServices/*/read), so fine-tuning needs no other.

param accountName string

@description('Object id of the app\'s identity.')
param identityPrincipalId string

var openAiUser = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd' // Cognitive Services OpenAI User

resource account 'Microsoft.CognitiveServices/accounts@2024-10-01' existing = {
  name: accountName
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, identityPrincipalId, openAiUser)
  scope: account
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', openAiUser)
  }
}

output id string = account.id
output endpoint string = account.properties.endpoint
