// Application Insights over a workspace. Telemetry is taken from identities only, not from whoever knows the connection string.

param workspaceName string
param insightsName string
param location string
param tags object

@description('Days that logs are kept.')
param retentionInDays int

@description('Most gigabytes of logs a day; more is not taken until the next day.')
param dailyQuotaGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    retentionInDays: retentionInDays
    sku: { name: 'PerGB2018' }
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: workspace.id
  }
}

output workspaceId string = workspace.id
output insightsId string = insights.id
output name string = insights.name
output connectionString string = insights.properties.ConnectionString
