// What is said on a connection, for each kind of server: how to get in, how to send to a room, and
// what the bytes that come mean.
#ifndef LAIR_PROTOCOLS_H
#define LAIR_PROTOCOLS_H

#include "connection.h"

enum protocol { PROTOCOL_LAIR, PROTOCOL_RELAY, PROTOCOL_REDIS, PROTOCOL_NATS, PROTOCOL_MQTT };

// Who a connection is and where it writes; of the other protocols only the number of the room counts.
struct seat {
  char *room_id;
  char *token;
};

struct protocol_events {
  // The connection is signed in, and in its room.
  void (*ready)(struct connection *c);
  // `sent_at` is the time the message carries; 0 where it carries none.
  void (*delivered)(struct connection *c, uint64_t sent_at);
  void (*acked)(struct connection *c, uint64_t sent_at);
  void (*refused)(struct connection *c, const char *text, size_t length);
};

struct protocol_setup {
  enum protocol protocol;
  bool websocket;
  uint16_t port;
  int body_bytes;
  const char *features;
  const struct seat *seats;
  struct protocol_events events;
};

// More than a body of the largest size and what stands around it.
#define SMALL_PAYLOAD 4096

// The time of sending that a payload carries; 0 where it carries none.
uint64_t stamp_of(const uint8_t *payload, size_t length);

// False where there is no protocol of that name.
bool protocol_by_name(const char *name, enum protocol *found);
void protocols_begin(const struct protocol_setup *setup);
void protocol_opened(struct connection *c);
size_t protocol_received(struct connection *c, uint8_t *bytes, size_t length);
void protocol_send_message(struct connection *c, uint64_t sent_at);
void protocol_ping(struct connection *c);

#endif
