// Many sockets on one epoll: opening (TCP, then TLS where it is wanted), buffered writing, reading.
#ifndef LAIR_CONNECTION_H
#define LAIR_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage { STAGE_CLOSED, STAGE_CONNECTING, STAGE_SECURING, STAGE_GREETING, STAGE_READY };

struct connection {
  int fd;
  int index;
  int room;
  enum stage stage;
  void *tls;
  uint8_t *in;
  size_t in_length;
  uint8_t *out;
  size_t out_length, out_capacity;
  bool wants_write;
  bool upgraded;
  uint64_t opened_at;
};

// What whoever owns the connections does with what happens on them.
struct connection_events {
  void (*opened)(struct connection *c);
  // Gives back how many bytes it was able to use; the rest comes again with more behind it.
  size_t (*received)(struct connection *c, uint8_t *bytes, size_t length);
  void (*closed)(struct connection *c, const char *why);
};

struct connection_setup {
  uint16_t port;
  bool tls;
  struct connection_events events;
};

uint64_t now_ns(void);

// Says why and gives up where TLS was asked for and was not built in.
void connections_begin(const struct connection_setup *setup);
void connection_open(struct connection *c);
void connection_send(struct connection *c, const void *bytes, size_t length);
// Waits at most so long and deals with what has happened; below 0 means not to wait at all.
void connections_poll(int64_t wait_ns);

#endif
