// An Azure OpenAI account with the deployments that the models ask for.
import { modelType } from 'types.bicep'

param name string
param location string
param tags object

@description('The models; those with a create are deployed.')
param models modelType[]

@description('Whether the account is reached by private endpoints only.')
param privateOnly bool

var deployments = filter(models, model => contains(model, 'create'))

resource account 'Microsoft.CognitiveServices/accounts@2026-07-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: privateOnly ? 'Disabled' : 'Enabled'
  }

  // One after the other: the account takes one change at a time.
  @batchSize(1)
  resource modelDeployments 'deployments' = [for model in deployments: {
    name: model.deployment
    tags: tags
    sku: {
      name: model.create!.?sku ?? 'GlobalStandard'
      capacity: model.create!.capacity
    }
    properties: {
      model: {
        format: 'OpenAI'
        name: model.create!.model
        version: model.create!.version
      }
      // A model that changed under the same name would make yesterday's verdict worthless.
      versionUpgradeOption: 'NoAutoUpgrade'
    }
  }]
}

output name string = account.name
