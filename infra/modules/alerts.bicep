// The alerts of docs/operations.md. Their queries are in alerts.json, from which the table there is made.

param location string
param tags object

@description('Resource id of the action group that is told.')
param actionGroupId string

param insightsId string
param workspaceId string
param appId string

@description('Most that the models may cost a day, in the currency of their prices; 0 for no alert.')
param dailyBudget int

@description('Most gigabytes of logs a day.')
param dailyQuotaGb int

@description('End of the names.')
param token string

var alerts = filter(
  loadJsonContent('../alerts.json'),
  alert => contains(alert, 'query') && (alert.name != 'spending' || dailyBudget > 0)
)

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [for alert in alerts: {
  name: 'alert-${alert.name}-${token}'
  location: location
  tags: tags
  properties: {
    displayName: 'FunctionsEval: ${alert.what}'
    description: alert.why
    enabled: true
    autoMitigate: true
    severity: alert.severity
    scopes: [alert.from == 'workspace' ? workspaceId : insightsId]
    // A table is there only once something was sent.
    skipQueryValidation: true
    evaluationFrequency: alert.every
    windowSize: alert.window
    criteria: {
      allOf: [
        {
          query: replace(replace(alert.query, '{dailyBudget}', string(dailyBudget)), '{dailyQuotaGb}', string(dailyQuotaGb))
          timeAggregation: 'Count'
          operator: alert.?operator ?? 'GreaterThan'
          threshold: alert.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: alert.?periods ?? 1
            minFailingPeriodsToAlert: alert.?periods ?? 1
          }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId] }
  }
}]

// A metric of the platform, which the workspace's daily cap does not touch.
module serverErrors 'metric-alert.bicep' = {
  name: 'alert-server-errors'
  params: {
    alert: filter(loadJsonContent('../alerts.json'), alert => alert.name == 'server-errors')[0]
    resourceId: appId
    actionGroupId: actionGroupId
    tags: tags
    token: token
  }
}
