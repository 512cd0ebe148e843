#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifdef WITH_TLS
#include <openssl/ssl.h>
static SSL_CTX *tls_context;
#endif

#define EVENTS_AT_ONCE 1024
#define READ_BYTES (1 << 18)
// One address has some 28,000 ports to connect from; what comes behind takes the next address.
#define CONNECTIONS_PER_ADDRESS 20000

static int epoll_fd;
static struct connection_setup setup;

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

void connections_begin(const struct connection_setup *given) {
  setup = *given;
  epoll_fd = epoll_create1(0);
  if (epoll_fd < 0) die("epoll");
  if (!setup.tls) return;
#ifdef WITH_TLS
  tls_context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(tls_context, TLS1_3_VERSION);
  // Whom it talks to is not what is measured.
  SSL_CTX_set_verify(tls_context, SSL_VERIFY_NONE, NULL);
  SSL_CTX_set_mode(tls_context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
#else
  fprintf(stderr, "built without TLS\n");
  exit(1);
#endif
}

static void watch(struct connection *c, int operation) {
  struct epoll_event e = {.events = EPOLLIN | (c->wants_write ? EPOLLOUT : 0), .data.ptr = c};
  if (epoll_ctl(epoll_fd, operation, c->fd, &e) != 0) die("epoll_ctl");
}

static void want_write(struct connection *c, bool wanted) {
  if (c->wants_write == wanted) return;
  c->wants_write = wanted;
  watch(c, EPOLL_CTL_MOD);
}

static void drop(struct connection *c, const char *why) {
  if (c->stage == STAGE_CLOSED) return;
#ifdef WITH_TLS
  if (c->tls) SSL_free(c->tls);
#endif
  c->tls = NULL;
  close(c->fd);
  free(c->in);
  free(c->out);
  c->in = c->out = NULL;
  c->in_length = c->out_length = c->out_capacity = 0;
  c->stage = STAGE_CLOSED;
  setup.events.closed(c, why);
}

void connection_open(struct connection *c) {
  int one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET};
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) die("socket");
  c->opened_at = now_ns();
  c->stage = STAGE_CONNECTING;
  c->wants_write = true;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (c->index >= CONNECTIONS_PER_ADDRESS) {
    uint32_t own = INADDR_LOOPBACK + 1 + (uint32_t)(c->index / CONNECTIONS_PER_ADDRESS);
    address.sin_addr.s_addr = htonl(own);
    if (bind(c->fd, (struct sockaddr *)&address, sizeof address) != 0) die("bind");
  }
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(setup.port);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
    die("connect");
  }
  watch(c, EPOLL_CTL_ADD);
}

// Bytes that went, 0 where the system takes none now, -1 where it never will again.
static ssize_t write_some(struct connection *c, const void *bytes, size_t length) {
#ifdef WITH_TLS
  if (c->tls) {
    int n = SSL_write(c->tls, bytes, (int)length);
    if (n > 0) return n;
    int error = SSL_get_error(c->tls, n);
    return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? 0 : -1;
  }
#endif
  ssize_t n = send(c->fd, bytes, length, MSG_NOSIGNAL);
  if (n >= 0) return n;
  return errno == EAGAIN ? 0 : -1;
}

// The same for reading; -1 at the end of the stream too.
static ssize_t read_some(struct connection *c, void *bytes, size_t length) {
#ifdef WITH_TLS
  if (c->tls) {
    int n = SSL_read(c->tls, bytes, (int)length);
    if (n > 0) return n;
    int error = SSL_get_error(c->tls, n);
    return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? 0 : -1;
  }
#endif
  ssize_t n = recv(c->fd, bytes, length, 0);
  if (n > 0) return n;
  return n < 0 && errno == EAGAIN ? 0 : -1;
}

static void keep_for_later(struct connection *c, const void *bytes, size_t length) {
  size_t needed = c->out_length + length;
  if (needed > c->out_capacity) {
    c->out_capacity = needed * 2;
    c->out = realloc(c->out, c->out_capacity);
    if (c->out == NULL) die("memory");
  }
  memcpy(c->out + c->out_length, bytes, length);
  c->out_length = needed;
  want_write(c, true);
}

void connection_send(struct connection *c, const void *bytes, size_t length) {
  if (c->stage < STAGE_GREETING) return;
  ssize_t sent = c->out_length > 0 ? 0 : write_some(c, bytes, length);
  if (sent < 0) {
    drop(c, "write failed");
    return;
  }
  size_t left = length - (size_t)sent;
  if (left > 0) keep_for_later(c, (const uint8_t *)bytes + sent, left);
}

static void flush(struct connection *c) {
  if (c->out_length > 0) {
    ssize_t sent = write_some(c, c->out, c->out_length);
    if (sent < 0) {
      drop(c, "write failed");
      return;
    }
    c->out_length -= (size_t)sent;
    memmove(c->out, c->out + sent, c->out_length);
  }
  if (c->out_length == 0) want_write(c, false);
}

static void opened(struct connection *c) {
  c->stage = STAGE_GREETING;
  want_write(c, false);
  setup.events.opened(c);
}

static void secure(struct connection *c) {
#ifdef WITH_TLS
  if (c->tls == NULL) {
    c->tls = SSL_new(tls_context);
    SSL_set_fd(c->tls, c->fd);
    SSL_set_connect_state(c->tls);
  }
  int n = SSL_do_handshake(c->tls);
  if (n == 1) {
    opened(c);
    return;
  }
  int error = SSL_get_error(c->tls, n);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    want_write(c, error == SSL_ERROR_WANT_WRITE);
    return;
  }
#endif
  drop(c, "TLS handshake failed");
}

static void connected(struct connection *c) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    drop(c, strerror(error));
    return;
  }
  if (!setup.tls) {
    opened(c);
    return;
  }
  c->stage = STAGE_SECURING;
  secure(c);
}

// What is left of an unfinished frame is kept in memory of its own, so that idle connections hold none.
static void keep_rest(struct connection *c, const uint8_t *rest, size_t length) {
  c->in_length = length;
  if (length == 0) {
    free(c->in);
    c->in = NULL;
    return;
  }
  c->in = realloc(c->in, length);
  if (c->in == NULL) die("memory");
  memmove(c->in, rest, length);
}

static void read_all(struct connection *c) {
  static uint8_t buffer[READ_BYTES * 8];
  do {
    if (c->in_length + READ_BYTES > sizeof buffer) {
      drop(c, "a frame is too large");
      return;
    }
    if (c->in_length > 0) memcpy(buffer, c->in, c->in_length);
    ssize_t n = read_some(c, buffer + c->in_length, READ_BYTES);
    if (n == 0) return;
    if (n < 0) {
      drop(c, "closed by the server");
      return;
    }
    size_t length = c->in_length + (size_t)n;
    size_t used = setup.events.received(c, buffer, length);
    if (c->stage == STAGE_CLOSED) return;
    keep_rest(c, buffer + used, length - used);
    // Over TLS more may lie decrypted already, which epoll does not tell of.
  } while (c->tls != NULL);
}

static void happened(struct connection *c, uint32_t events) {
  if (c->stage == STAGE_CONNECTING) {
    if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) connected(c);
    return;
  }
  if (c->stage == STAGE_SECURING) {
    secure(c);
    return;
  }
  if (c->stage != STAGE_CLOSED && (events & EPOLLOUT)) flush(c);
  if (c->stage != STAGE_CLOSED && (events & (EPOLLIN | EPOLLERR | EPOLLHUP))) read_all(c);
}

void connections_poll(int64_t wait_ns) {
  struct epoll_event events[EVENTS_AT_ONCE];
  if (wait_ns < 0) wait_ns = 0;
  struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};
  int n = epoll_pwait2(epoll_fd, events, EVENTS_AT_ONCE, &wait, NULL);
  for (int i = 0; i < n; i++) happened(events[i].data.ptr, events[i].events);
}
