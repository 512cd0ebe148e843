#define _GNU_SOURCE
#include "peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *line_end(uint8_t *at, uint8_t *end) {
  uint8_t *found = memchr(at, '\n', (size_t)(end - at));
  return found == NULL ? NULL : found + 1;
}

// The third of the parts of a push: the payload. Gives back where the push ends.
static uint8_t *redis_push(const struct protocol_setup *setup, struct connection *c, uint8_t *at, uint8_t *end) {
  for (int part = 0; part < 3; part++) {
    uint8_t *text = line_end(at, end);
    if (text == NULL) return NULL;
    long n = strtol((char *)at + 1, NULL, 10);
    if (end - text < n + 2) return NULL;
    if (part == 2) setup->events.delivered(c, stamp_of(text, (size_t)n));
    at = text + n + 2;
  }
  return at;
}

static size_t read_redis(const struct protocol_setup *setup, struct connection *c, uint8_t *bytes, size_t length) {
  uint8_t *at = bytes, *end = bytes + length;
  if (c->stage == STAGE_GREETING) {
    uint8_t *said = memmem(at, length, "subscribe\r\n", 11);
    uint8_t *count = said ? memmem(said, (size_t)(end - said), ":1\r\n", 4) : NULL;
    if (count == NULL) return 0;
    setup->events.ready(c);
    at = count + 4;
  }
  while (at < end) {
    uint8_t *next = line_end(at, end);
    if (next != NULL && *at == '>') next = redis_push(setup, c, next, end);
    if (next == NULL) break;
    at = next;
  }
  return (size_t)(at - bytes);
}

static size_t read_nats(const struct protocol_setup *setup, struct connection *c, uint8_t *bytes, size_t length) {
  uint8_t *at = bytes, *end = bytes + length;
  for (;;) {
    uint8_t *next = line_end(at, end);
    if (next == NULL) break;
    if (memcmp(at, "MSG ", 4) == 0) {
      uint8_t *size = next - 2;
      while (size[-1] != ' ') size--;
      long n = strtol((char *)size, NULL, 10);
      if (end - next < n + 2) break;
      setup->events.delivered(c, stamp_of(next, (size_t)n));
      next += n + 2;
    } else if (memcmp(at, "PING", 4) == 0) connection_send(c, "PONG\r\n", 6);
    else if (memcmp(at, "PONG", 4) == 0) setup->events.ready(c);
    else if (memcmp(at, "-ERR", 4) == 0) setup->events.refused(c, (char *)at, (size_t)(next - at));
    at = next;
  }
  return (size_t)(at - bytes);
}

// The bytes that a length in MQTT's way of writing takes; 0 where more has to come.
static size_t mqtt_length(const uint8_t *at, const uint8_t *end, size_t *value) {
  *value = 0;
  for (size_t i = 0; i < 4 && at + i < end; i++) {
    *value |= (size_t)(at[i] & 127) << (7 * i);
    if (!(at[i] & 128)) return i + 1;
  }
  return 0;
}

static size_t read_mqtt(const struct protocol_setup *setup, struct connection *c, uint8_t *bytes, size_t length) {
  uint8_t *at = bytes, *end = bytes + length;
  while (end - at >= 2) {
    size_t rest;
    size_t digits = mqtt_length(at + 1, end, &rest);
    if (digits == 0 || (size_t)(end - at) < 1 + digits + rest) break;
    uint8_t *body = at + 1 + digits;
    if (at[0] >> 4 == 3) {
      size_t topic = (size_t)body[0] << 8 | body[1];
      setup->events.delivered(c, stamp_of(body + 2 + topic, rest - 2 - topic));
    } else if (at[0] >> 4 == 9) setup->events.ready(c);
    at = body + rest;
  }
  return (size_t)(at - bytes);
}

static size_t mqtt_begin(uint8_t *to, uint8_t kind, size_t rest) {
  size_t at = 0;
  to[at++] = kind;
  do {
    to[at++] = (uint8_t)((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>= 7;
  } while (rest > 0);
  return at;
}

static size_t mqtt_text(uint8_t *to, const char *text) {
  size_t n = strlen(text);
  to[0] = (uint8_t)(n >> 8);
  to[1] = (uint8_t)n;
  memcpy(to + 2, text, n);
  return n + 2;
}

static void mqtt_open(struct connection *c, const char *room) {
  uint8_t packet[256];
  char client[16];
  snprintf(client, sizeof client, "c%d", c->index);
  size_t n = mqtt_begin(packet, 0x10, 10 + 2 + strlen(client));
  // MQTT 3.1.1, a clean session, no keepalive.
  memcpy(packet + n, "\0\4MQTT\4\2\0\0", 10);
  n += 10;
  n += mqtt_text(packet + n, client);
  n += mqtt_begin(packet + n, 0x82, 2 + 2 + strlen(room) + 1);
  packet[n++] = 0;
  packet[n++] = 1;
  n += mqtt_text(packet + n, room);
  packet[n++] = 0;
  connection_send(c, packet, n);
}

void peer_open(const struct protocol_setup *setup, struct connection *c, const char *room) {
  char text[256];
  int n;
  if (setup->protocol == PROTOCOL_MQTT) {
    mqtt_open(c, room);
    return;
  }
  if (setup->protocol == PROTOCOL_REDIS) {
    n = snprintf(text, sizeof text,
                 "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*2\r\n$9\r\nSUBSCRIBE\r\n$%zu\r\n%s\r\n",
                 strlen(room), room);
  } else {
    n = snprintf(text, sizeof text,
                 "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":true}\r\nSUB %s 1\r\n"
                 "PING\r\n",
                 room);
  }
  connection_send(c, text, (size_t)n);
}

size_t peer_received(const struct protocol_setup *setup, struct connection *c, uint8_t *bytes,
                     size_t length) {
  if (setup->protocol == PROTOCOL_REDIS) return read_redis(setup, c, bytes, length);
  if (setup->protocol == PROTOCOL_NATS) return read_nats(setup, c, bytes, length);
  return read_mqtt(setup, c, bytes, length);
}

void peer_publish(const struct protocol_setup *setup, struct connection *c, const char *room,
                  const char *payload, size_t n) {
  uint8_t packet[SMALL_PAYLOAD * 3];
  size_t length;
  if (setup->protocol == PROTOCOL_MQTT) {
    length = mqtt_begin(packet, 0x30, 2 + strlen(room) + n);
    length += mqtt_text(packet + length, room);
    memcpy(packet + length, payload, n);
    length += n;
  } else if (setup->protocol == PROTOCOL_NATS) {
    length = (size_t)snprintf((char *)packet, sizeof packet, "PUB %s %zu\r\n%s\r\n", room, n, payload);
  } else {
    length = (size_t)snprintf((char *)packet, sizeof packet,
                              "*3\r\n$7\r\nPUBLISH\r\n$%zu\r\n%s\r\n$%zu\r\n%s\r\n", strlen(room),
                              room, n, payload);
  }
  connection_send(c, packet, length);
}
