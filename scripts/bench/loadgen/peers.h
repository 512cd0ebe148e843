// Servers that others use for publish and subscribe, and that store nothing: redis (RESP3), NATS and
// MQTT.
#ifndef LAIR_PEERS_H
#define LAIR_PEERS_H

#include "protocols.h"

void peer_open(const struct protocol_setup *setup, struct connection *c, const char *room);
size_t peer_received(const struct protocol_setup *setup, struct connection *c, uint8_t *bytes,
                     size_t length);
void peer_publish(const struct protocol_setup *setup, struct connection *c, const char *room,
                  const char *payload, size_t n);

#endif
