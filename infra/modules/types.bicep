@export()
@description('One model of the app, as the app settings Models__{i}__… describe it. It has no key: Azure OpenAI is called with the identity, and other keys are read from Key Vault.')
@sealed()
type modelType = {
  @description('The name that specs use.')
  name: string

  @description('Whose protocol the endpoint speaks; AzureOpenAI unless given.')
  provider: ('AzureOpenAI' | 'OpenAI' | 'OpenAICompatible')?

  @description('The endpoint\'s root. Left out for a model of the Azure OpenAI account of this deployment.')
  endpoint: string?

  @description('The deployment\'s name (Azure OpenAI) or the model\'s id.')
  deployment: string

  @description('The API used; Chat unless given.')
  api: ('Chat' | 'Completions' | 'Responses' | 'Embeddings')?

  @description('Azure OpenAI\'s api-version: a date such as 2024-10-21, or v1 or preview for the v1 route.')
  apiVersion: string?

  @description('Scope of the identity\'s token, such as https://ai.azure.com/.default; for Azure OpenAI it follows the address unless given.')
  tokenScope: string?

  @description('Time for one attempt, such as 00:01:40.')
  timeout: string?

  @minValue(1)
  @maxValue(1024)
  @description('Most concurrent requests of one instance.')
  maxConcurrency: int?

  @minValue(1)
  @description('Most requests a minute of one instance.')
  requestsPerMinute: int?

  @minValue(1)
  @description('Most tokens a minute of one instance.')
  tokensPerMinute: int?

  @description('Price of a million prompt tokens, such as "0.15".')
  inputPricePerMillionTokens: string?

  @description('Price of a million prompt tokens that the endpoint took from its cache, such as "0.075"; that of others unless given.')
  cachedInputPricePerMillionTokens: string?

  @description('Price of a million answer tokens, such as "0.60".')
  outputPricePerMillionTokens: string?

  @description('Whether addresses of images in rows are sent to the endpoint, which then loads them.')
  allowImageAddresses: bool?

  @description('Resource id of the Azure OpenAI account, from which the app reads when the deployed model retires.')
  resourceId: string?

  @description('Address of the Key Vault secret that holds the key, without its version: https://my-vault.vault.azure.net/secrets/my-key')
  apiKeySecretUri: string?

  @description('What to deploy under the deployment\'s name, where the Azure OpenAI account is created.')
  create: deploymentType?
}

@export()
@description('A deployment of a model in the created Azure OpenAI account.')
@sealed()
type deploymentType = {
  @description('Name of the model, such as gpt-4.1-mini.')
  model: string

  @description('Version of the model.')
  version: string

  @description('Kind of deployment, such as Standard or GlobalStandard; GlobalStandard unless given.')
  sku: string?

  @minValue(1)
  @description('Capacity, in thousands of tokens a minute.')
  capacity: int
}

@export()
@description('Resource ids of private DNS zones that are there already, by the service that they are for.')
@sealed()
type privateDnsZonesType = {
  @description('privatelink.blob.core.windows.net')
  blob: string?

  @description('privatelink.queue.core.windows.net')
  queue: string?

  @description('privatelink.table.core.windows.net')
  table: string?

  @description('privatelink.openai.azure.com, of an Azure OpenAI account that is created')
  account: string?

  @description('privatelink.azurewebsites.net, of an app that is not reached from the internet')
  sites: string?
}
