// An alert on metrics of the platform, which no daily cap of a workspace touches: one for each metric, since several criteria of one alert
// would have to hold together.

@description('The alert of alerts.json.')
param alert object

@description('The resource whose metrics they are.')
param resourceId string

param actionGroupId string
param tags object

@description('End of the name.')
param token string

resource metricAlerts 'Microsoft.Insights/metricAlerts@2026-01-01' = [for metric in alert.metrics: {
  name: 'alert-${alert.name}-${toLower(metric)}-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: '${alert.what}: ${alert.why}'
    enabled: true
    autoMitigate: true
    severity: alert.severity
    scopes: [resourceId]
    evaluationFrequency: alert.every
    windowSize: alert.window
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: metric
          criterionType: 'StaticThresholdCriterion'
          metricName: metric
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: alert.threshold
        }
      ]
    }
    actions: [
      { actionGroupId: actionGroupId }
    ]
  }
}]
