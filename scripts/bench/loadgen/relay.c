// The ceiling: passes frames on to a room, and neither checks nor stores anything.
//
//   relay port=7001 mode=joined|each [tls=1 cert=FILE key=FILE]
//
// The first frame of a connection, {"t":"j","room":"r<number>"}, puts it into a room and is answered
// with {"t":"r"}; each later one goes as it is to everybody in the room, its sender included.
// joined: what one turn of the loop has for a room becomes one buffer, written once to each member.
// each:   every frame is written to every member at once.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
static SSL_CTX *tls_context;
#endif

#define ROOMS 65536
#define EVENTS_AT_ONCE 1024
#define READ_BYTES 65536
#define LARGEST_FRAME (1 << 20)

struct buffer {
  uint8_t *bytes;
  size_t length, capacity;
};

struct client {
  int fd, room;
  void *tls;
  struct buffer in, out;
  bool wants_write;
  struct client *next_closed;
};

struct room {
  struct client **members;
  int count, capacity;
  struct buffer pending;
  bool dirty;
};

static struct room rooms[ROOMS];
static int dirty[ROOMS], dirty_count;
static int epoll_fd;
static bool writes_each, is_tls;
static struct client *closed_this_turn;

static void append(struct buffer *b, const void *bytes, size_t n) {
  if (b->length + n > b->capacity) {
    b->capacity = (b->length + n) * 2;
    b->bytes = realloc(b->bytes, b->capacity);
  }
  memcpy(b->bytes + b->length, bytes, n);
  b->length += n;
}

static void consume(struct buffer *b, size_t n) {
  b->length -= n;
  memmove(b->bytes, b->bytes + n, b->length);
}

static ssize_t write_some(struct client *c, const void *bytes, size_t n) {
#ifdef WITH_TLS
  if (c->tls) {
    int sent = SSL_write(c->tls, bytes, (int)n);
    return sent > 0 ? sent : 0;
  }
#endif
  ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
  return sent > 0 ? sent : 0;
}

// 0 where nothing has come yet, -1 where nothing will.
static ssize_t read_some(struct client *c, void *bytes) {
#ifdef WITH_TLS
  if (c->tls) {
    int n = SSL_read(c->tls, bytes, READ_BYTES);
    if (n > 0) return n;
    int error = SSL_get_error(c->tls, n);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
  }
#endif
  ssize_t n = recv(c->fd, bytes, READ_BYTES, 0);
  return n > 0 ? n : n < 0 && errno == EAGAIN ? 0 : -1;
}

static void want_write(struct client *c, bool wanted) {
  if (c->wants_write == wanted) return;
  c->wants_write = wanted;
  struct epoll_event e = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void put(struct client *c, const void *bytes, size_t n) {
  size_t sent = c->out.length > 0 ? 0 : (size_t)write_some(c, bytes, n);
  if (sent == n) return;
  append(&c->out, (const uint8_t *)bytes + sent, n - sent);
  want_write(c, true);
}

static void flush(struct client *c) {
  if (c->out.length > 0) consume(&c->out, (size_t)write_some(c, c->out.bytes, c->out.length));
  if (c->out.length == 0) want_write(c, false);
}

static void join_room(struct client *c, const uint8_t *frame, size_t n) {
  static const uint8_t answer[] = "\0\0\0\x9{\"t\":\"r\"}";
  const char *at = memmem(frame, n, "\"room\":\"r", 9);
  c->room = at == NULL ? 0 : atoi(at + 9) % ROOMS;
  struct room *r = &rooms[c->room];
  if (r->count == r->capacity) {
    r->capacity = r->capacity == 0 ? 8 : r->capacity * 2;
    r->members = realloc(r->members, (size_t)r->capacity * sizeof *r->members);
  }
  r->members[r->count++] = c;
  put(c, answer, sizeof answer - 1);
}

static void pass_on(struct client *c, const uint8_t *frame, size_t n) {
  struct room *r = &rooms[c->room];
  if (writes_each) {
    for (int i = 0; i < r->count; i++) put(r->members[i], frame, n);
    return;
  }
  append(&r->pending, frame, n);
  if (r->dirty) return;
  r->dirty = true;
  dirty[dirty_count++] = c->room;
}

static void write_rooms(void) {
  for (int i = 0; i < dirty_count; i++) {
    struct room *r = &rooms[dirty[i]];
    for (int m = 0; m < r->count; m++) put(r->members[m], r->pending.bytes, r->pending.length);
    r->pending.length = 0;
    r->dirty = false;
  }
  dirty_count = 0;
}

// Its memory is freed at the end of the turn: events of the same turn may still point at it.
static void drop(struct client *c) {
  struct room *r = c->room < 0 ? NULL : &rooms[c->room];
  for (int i = 0; r != NULL && i < r->count; i++) {
    if (r->members[i] == c) r->members[i--] = r->members[--r->count];
  }
#ifdef WITH_TLS
  if (c->tls) SSL_free(c->tls);
#endif
  close(c->fd);
  c->fd = -1;
  c->next_closed = closed_this_turn;
  closed_this_turn = c;
}

static void free_closed(void) {
  while (closed_this_turn != NULL) {
    struct client *c = closed_this_turn;
    closed_this_turn = c->next_closed;
    free(c->in.bytes);
    free(c->out.bytes);
    free(c);
  }
}

static bool take_frames(struct client *c) {
  size_t at = 0;
  while (c->in.length - at >= 4) {
    uint32_t prefix;
    memcpy(&prefix, c->in.bytes + at, 4);
    size_t n = 4 + (size_t)ntohl(prefix);
    if (n > LARGEST_FRAME) return false;
    if (c->in.length - at < n) break;
    if (c->room < 0) join_room(c, c->in.bytes + at, n);
    else pass_on(c, c->in.bytes + at, n);
    at += n;
  }
  consume(&c->in, at);
  return true;
}

static void read_all(struct client *c) {
  static uint8_t bytes[READ_BYTES];
  do {
    ssize_t n = read_some(c, bytes);
    if (n == 0) return;
    if (n > 0) append(&c->in, bytes, (size_t)n);
    if (n > 0 && take_frames(c)) continue;
    drop(c);
    return;
  } while (c->tls != NULL);
}

static void accept_all(int listener) {
  for (;;) {
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct client *c = calloc(1, sizeof *c);
    c->fd = fd;
    c->room = -1;
#ifdef WITH_TLS
    if (is_tls) {
      c->tls = SSL_new(tls_context);
      SSL_set_fd(c->tls, fd);
      SSL_set_accept_state(c->tls);
    }
#endif
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
  }
}

static void serve(int listener) {
  struct epoll_event events[EVENTS_AT_ONCE];
  for (;;) {
    int n = epoll_wait(epoll_fd, events, EVENTS_AT_ONCE, -1);
    for (int i = 0; i < n; i++) {
      struct client *c = events[i].data.ptr;
      if (c == NULL) {
        accept_all(listener);
        continue;
      }
      if (c->fd >= 0 && (events[i].events & EPOLLOUT)) flush(c);
      if (c->fd >= 0 && (events[i].events & ~(uint32_t)EPOLLOUT)) read_all(c);
    }
    write_rooms();
    free_closed();
  }
}

static void begin_tls(const char *cert, const char *key) {
#ifdef WITH_TLS
  tls_context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(tls_context, TLS1_3_VERSION);
  SSL_CTX_set_mode(tls_context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(tls_context, cert) == 1 &&
      SSL_CTX_use_PrivateKey_file(tls_context, key, SSL_FILETYPE_PEM) == 1) {
    return;
  }
  fprintf(stderr, "the certificate cannot be used\n");
#else
  (void)cert, (void)key;
  fprintf(stderr, "built without TLS\n");
#endif
  exit(1);
}

int main(int argc, char **argv) {
  const char *cert = "", *key = "";
  int port = 0, one = 1;
  for (int i = 1; i < argc; i++) {
    if (strncmp(argv[i], "port=", 5) == 0) port = atoi(argv[i] + 5);
    else if (strncmp(argv[i], "cert=", 5) == 0) cert = argv[i] + 5;
    else if (strncmp(argv[i], "key=", 4) == 0) key = argv[i] + 4;
    else if (strcmp(argv[i], "mode=each") == 0) writes_each = true;
    else if (strcmp(argv[i], "tls=1") == 0) is_tls = true;
  }
  signal(SIGPIPE, SIG_IGN);
  if (is_tls) begin_tls(cert, key);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 4096) != 0) {
    perror("listen");
    return 1;
  }
  getsockname(listener, (struct sockaddr *)&address, &size);
  epoll_fd = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &e);
  printf("listening %u\n", ntohs(address.sin_port));
  fflush(stdout);
  serve(listener);
}
