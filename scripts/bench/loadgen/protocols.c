#define _GNU_SOURCE
#include "protocols.h"
#include "peers.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Every body begins with this and the time of sending, whatever carries it, so that one search
// finds it in a frame of any protocol.
#define STAMP "\"@"
#define STAMP_DIGITS 19
#define STAMP_WITHIN 700

static struct protocol_setup setup;
static char *filler;

static const char *const names[] = {"lair", "relay", "redis", "nats", "mqtt"};

bool protocol_by_name(const char *name, enum protocol *found) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    *found = (enum protocol)i;
    return true;
  }
  return false;
}

void protocols_begin(const struct protocol_setup *given) {
  setup = *given;
  int length = setup.body_bytes - STAMP_DIGITS - 2;
  if (length < 1) length = 1;
  filler = malloc((size_t)length + 1);
  for (int i = 0; i < length; i++) filler[i] = i % 7 == 6 ? ' ' : (char)('a' + (i * 7) % 26);
  filler[length - 1] = '.';
  filler[length] = 0;
}

uint64_t stamp_of(const uint8_t *payload, size_t length) {
  const uint8_t *at = memmem(payload, length < STAMP_WITHIN ? length : STAMP_WITHIN, STAMP, 2);
  if (at == NULL || at + 2 + STAMP_DIGITS > payload + length) return 0;
  uint64_t value = 0;
  for (int i = 2; i < 2 + STAMP_DIGITS; i++) value = value * 10 + (uint64_t)(at[i] - '0');
  return value;
}

// --- frames with a length in front, as on the chat port

static void put_frame(struct connection *c, const char *payload, size_t length) {
  uint8_t frame[4 + SMALL_PAYLOAD * 4];
  uint32_t prefix = htonl((uint32_t)length);
  memcpy(frame, &prefix, 4);
  memcpy(frame + 4, payload, length);
  connection_send(c, frame, length + 4);
}

// --- WebSocket

static void put_websocket(struct connection *c, int opcode, const char *payload, size_t length) {
  uint8_t frame[8 + SMALL_PAYLOAD * 4];
  size_t at = 0;
  frame[at++] = (uint8_t)(0x80 | opcode);
  if (length < 126) frame[at++] = (uint8_t)(0x80 | length);
  else {
    frame[at++] = 0x80 | 126;
    frame[at++] = (uint8_t)(length >> 8);
    frame[at++] = (uint8_t)length;
  }
  // Clients must mask, and a mask of zeroes is one: the server does its part, we have none.
  memset(frame + at, 0, 4);
  memcpy(frame + at + 4, payload, length);
  connection_send(c, frame, at + 4 + length);
}

static void websocket_upgrade(struct connection *c) {
  char request[256];
  int n = snprintf(request, sizeof request,
                   "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: Upgrade\r\n"
                   "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
                   setup.port);
  connection_send(c, request, (size_t)n);
}

static void put_payload(struct connection *c, const char *payload, size_t length) {
  if (setup.websocket) put_websocket(c, 1, payload, length);
  else put_frame(c, payload, length);
}

// --- Lair Chat

static bool begins(const uint8_t *payload, size_t length, const char *text) {
  size_t n = strlen(text);
  return length >= n && memcmp(payload, text, n) == 0;
}

// A UUIDv7: the time in front, and behind it a counter where others have random bits.
static void write_client_id(char *to) {
  static uint64_t counter;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
  counter++;
  snprintf(to, 37, "%08x-%04x-7%03x-8%03x-%012llx", (unsigned)(ms >> 16), (unsigned)(ms & 0xffff),
           (unsigned)(counter & 0xfff), (unsigned)((counter >> 12) & 0xfff),
           (unsigned long long)(counter & 0xffffffffffffull));
}

static void lair_greeting(struct connection *c, const uint8_t *payload, size_t length) {
  char text[SMALL_PAYLOAD];
  if (begins(payload, length, "{\"type\":\"server_hello\"")) {
    int n = snprintf(text, sizeof text,
                     "{\"type\":\"client_hello\",\"version\":\"1.0\",\"client_name\":\"bench\","
                     "\"features\":[%s]}",
                     setup.features);
    put_payload(c, text, (size_t)n);
    n = snprintf(text, sizeof text,
                 "{\"type\":\"authenticate\",\"request_id\":\"in\",\"token\":\"%s\"}",
                 setup.seats[c->index].token);
    put_payload(c, text, (size_t)n);
  } else if (memmem(payload, length, "\"success\":true", 14) != NULL) setup.events.ready(c);
  else setup.events.refused(c, (const char *)payload, length);
}

// Rows of messages, [seq,"id","author","name",time,"content",...]: the contents are ours and hold no
// brackets, so that a row ends where the next begins.
static void lair_rows(struct connection *c, const uint8_t *payload, size_t length) {
  const uint8_t *end = payload + length;
  const uint8_t *at = memmem(payload, length, "\"messages\":[", 12);
  at = at == NULL ? end : at + 12;
  while (at < end && *at == '[') {
    const uint8_t *next = memmem(at, (size_t)(end - at), "],[", 3);
    const uint8_t *stop = next == NULL ? end : next + 1;
    setup.events.delivered(c, stamp_of(at, (size_t)(stop - at)));
    at = next == NULL ? end : next + 2;
  }
}

static void lair_payload(struct connection *c, const uint8_t *payload, size_t length) {
  if (begins(payload, length, "{\"type\":\"message_received\"")) {
    setup.events.delivered(c, stamp_of(payload, length));
  } else if (begins(payload, length, "{\"type\":\"room_messages\"")) {
    lair_rows(c, payload, length);
  } else if (begins(payload, length, "{\"type\":\"send_message_response\"")) {
    const uint8_t *done = memmem(payload, length < 120 ? length : 120, "\"success\":true", 14);
    if (done != NULL) setup.events.acked(c, stamp_of(payload, length));
    else setup.events.refused(c, (const char *)payload, length);
  } else if (begins(payload, length, "{\"type\":\"error\"")) {
    setup.events.refused(c, (const char *)payload, length);
  } else if (begins(payload, length, "{\"type\":\"server_hello\"") ||
             begins(payload, length, "{\"type\":\"authenticate_response\"")) {
    lair_greeting(c, payload, length);
  }
  // Everything else (who came, who went, heads, pongs) is read and passed over, as clients do.
}

// --- the relay and the naive server: {"t":"j"} joins, {"t":"s"} is passed on, {"t":"a"} acknowledges

static void relay_payload(struct connection *c, const uint8_t *payload, size_t length) {
  char kind = length > 6 ? (char)payload[6] : 0;
  if (kind == 's') setup.events.delivered(c, stamp_of(payload, length));
  else if (kind == 'a') setup.events.acked(c, stamp_of(payload, length));
  else if (kind == 'r') setup.events.ready(c);
  else setup.events.refused(c, (const char *)payload, length);
}

static void on_payload(struct connection *c, const uint8_t *payload, size_t length) {
  if (setup.protocol == PROTOCOL_LAIR) lair_payload(c, payload, length);
  else relay_payload(c, payload, length);
}

static size_t read_frames(struct connection *c, uint8_t *bytes, size_t length) {
  size_t at = 0;
  while (length - at >= 4 && c->stage != STAGE_CLOSED) {
    uint32_t prefix;
    memcpy(&prefix, bytes + at, 4);
    size_t payload = ntohl(prefix);
    if (length - at < 4 + payload) break;
    on_payload(c, bytes + at + 4, payload);
    at += 4 + payload;
  }
  return at;
}

// The length of a frame's header, with its payload's in `payload`; 0 where more has to come.
static size_t websocket_header(const uint8_t *bytes, size_t length, uint64_t *payload) {
  if (length < 2) return 0;
  *payload = bytes[1] & 127;
  if (*payload < 126) return 2;
  size_t extra = *payload == 126 ? 2 : 8;
  if (length < 2 + extra) return 0;
  *payload = 0;
  for (size_t i = 0; i < extra; i++) *payload = *payload << 8 | bytes[2 + i];
  return 2 + extra;
}

static size_t read_websocket(struct connection *c, uint8_t *bytes, size_t length) {
  size_t at = 0;
  if (!c->upgraded) {
    uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    c->upgraded = true;
    at = (size_t)(end - bytes) + 4;
    if (memmem(bytes, at, " 101 ", 5) == NULL) setup.events.refused(c, (char *)bytes, at);
  }
  while (c->stage != STAGE_CLOSED) {
    uint64_t payload;
    size_t header = websocket_header(bytes + at, length - at, &payload);
    if (header == 0 || length - at - header < payload) break;
    int opcode = bytes[at] & 15;
    if (opcode == 9) put_websocket(c, 10, (char *)bytes + at + header, payload);
    else if (opcode < 8) on_payload(c, bytes + at + header, payload);
    at += header + payload;
  }
  return at;
}

// --- what the generator calls

void protocol_opened(struct connection *c) {
  char text[64], room[16];
  int n;
  snprintf(room, sizeof room, "r%d", c->room);
  switch (setup.protocol) {
  case PROTOCOL_LAIR:
    if (setup.websocket) websocket_upgrade(c);
    return;
  case PROTOCOL_RELAY:
    n = snprintf(text, sizeof text, "{\"t\":\"j\",\"room\":\"%s\"}", room);
    put_frame(c, text, (size_t)n);
    return;
  default:
    peer_open(&setup, c, room);
  }
}

size_t protocol_received(struct connection *c, uint8_t *bytes, size_t length) {
  if (setup.protocol > PROTOCOL_RELAY) return peer_received(&setup, c, bytes, length);
  return setup.websocket ? read_websocket(c, bytes, length) : read_frames(c, bytes, length);
}

static void send_to_lair(struct connection *c, const char *body) {
  static unsigned long long requests;
  char text[SMALL_PAYLOAD * 3], client_id[40];
  write_client_id(client_id);
  int n = snprintf(text, sizeof text,
                   "{\"type\":\"send_message\",\"request_id\":\"%llu\",\"target\":{\"type\":"
                   "\"room\",\"room_id\":\"%s\"},\"content\":%s,\"client_id\":\"%s\"}",
                   ++requests, setup.seats[c->index].room_id, body, client_id);
  put_payload(c, text, (size_t)n);
}

void protocol_send_message(struct connection *c, uint64_t sent_at) {
  char body[SMALL_PAYLOAD * 2], text[SMALL_PAYLOAD * 3], room[16];
  snprintf(body, sizeof body, STAMP "%0*llu %s\"", STAMP_DIGITS, (unsigned long long)sent_at, filler);
  if (setup.protocol == PROTOCOL_LAIR) {
    send_to_lair(c, body);
    return;
  }
  snprintf(room, sizeof room, "r%d", c->room);
  int n = snprintf(text, sizeof text, "{\"t\":\"s\",\"room\":\"%s\",\"text\":%s}", room, body);
  if (setup.protocol == PROTOCOL_RELAY) put_frame(c, text, (size_t)n);
  else peer_publish(&setup, c, room, text, (size_t)n);
}

void protocol_ping(struct connection *c) {
  static const char ping[] = "{\"type\":\"ping\",\"request_id\":\"p\"}";
  if (setup.protocol == PROTOCOL_LAIR) put_payload(c, ping, sizeof ping - 1);
}
