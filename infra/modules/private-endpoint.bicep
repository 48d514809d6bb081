// A private endpoint, and the DNS zone in which its name is found: one that is there, one that is made here, or none.

param name string
param location string
param tags object

@description('The subnet of the endpoint, and its network, whose machines find the name.')
param subnetId string
param networkId string

@description('The resource behind the endpoint, and which of its services: blob, queue, table, account, sites.')
param resourceId string
param service string

@description('Resource id of a DNS zone that is there already; empty for none.')
param zoneId string

@description('Whether a zone of this name, privatelink.…, is made where none is there, and linked with the network. Where it is not, a policy or whoever keeps the zones registers the endpoint.')
param createZone bool
param zoneName string

var makesZone = empty(zoneId) && createZone

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (makesZone) {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: last(split(networkId, '/'))
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2026-03-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: service
        properties: {
          privateLinkServiceId: resourceId
          groupIds: [service]
        }
      }
    ]
  }

  resource zones 'privateDnsZoneGroups' = if (makesZone || !empty(zoneId)) {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: service
          properties: { privateDnsZoneId: makesZone ? zone.id : zoneId }
        }
      ]
    }
  }
}
