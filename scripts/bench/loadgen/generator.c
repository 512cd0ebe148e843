// Load for a server that passes messages on to rooms, and the meter of it.
//
//   generator protocol=lair port=8080 seats=FILE rooms=10 members=100 senders=10 window=4 seconds=3
//
// rooms x members connections are opened (`concurrency` at a time); `senders` of each room write.
// Closed loop (no rate): each room has senders x window messages under way; one is done when it was
// acknowledged, where the server does that, and delivered to every member. Open loop (rate=N): N
// messages a second in all with random gaps, and a message's time counts from when it was due, so
// that a server that stalls cannot hide it. count=N ends after N messages instead of `seconds`.
// With senders=0 the connections are only held, and pinged every `ping` seconds. With goon=1 it goes on
// when it is done, until its input ends.
//
// It prints JSON lines: "ready" when all are in, "measuring", and "done" with what was measured; when
// it goes on, another "done" with what was measured since.
// The file of seats has a line for each connection, room by room: ROOM_ID TOKEN.
#define _GNU_SOURCE
#include "connection.h"
#include "histogram.h"
#include "protocols.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define COMPLAINTS 5

struct room {
  uint64_t sent, acked, delivered, given_up;
  int next_sender;
  bool waits;
};

static struct {
  enum protocol protocol;
  int port, rooms, members, senders, window, body, concurrency;
  bool tls, websocket, acks, goon;
  double seconds, warmup, rate, ping, patience;
  uint64_t count;
  const char *seats, *features;
} options = {.rooms = 1, .members = 2, .senders = 1, .window = 1, .body = 100, .concurrency = 64,
             .seconds = 3, .warmup = 1, .patience = 60, .features = "client_ids,log,packed", .seats = ""};

static struct connection *connections;
static struct room *rooms;
static int *refill, refills;
static int total, opened, ready;
static bool measuring;
static struct histogram ack_times, delivery_times, open_times;
static struct {
  uint64_t sent, acked, delivered, refused, closed, bytes;
} counts;

static void complain(const char *what, const char *text, size_t length) {
  static int complaints;
  if (complaints++ < COMPLAINTS) fprintf(stderr, "%s: %.*s\n", what, (int)length, text);
}

// --- what comes from the connections

static void open_next(void) {
  if (opened < total) connection_open(&connections[opened++]);
}

static void mark(int room) {
  if (rooms[room].waits) return;
  rooms[room].waits = true;
  refill[refills++] = room;
}

static void on_ready(struct connection *c) {
  if (c->stage == STAGE_READY) return;
  c->stage = STAGE_READY;
  histogram_add(&open_times, now_ns() - c->opened_at);
  ready++;
  open_next();
}

static void on_delivered(struct connection *c, uint64_t sent_at) {
  rooms[c->room].delivered++;
  counts.delivered++;
  mark(c->room);
  if (measuring && sent_at > 0) histogram_add(&delivery_times, now_ns() - sent_at);
}

static void on_acked(struct connection *c, uint64_t sent_at) {
  rooms[c->room].acked++;
  counts.acked++;
  mark(c->room);
  if (measuring && sent_at > 0) histogram_add(&ack_times, now_ns() - sent_at);
}

static void on_refused(struct connection *c, const char *text, size_t length) {
  counts.refused++;
  complain("refused", text, length < 400 ? length : 400);
  if (c->stage == STAGE_READY) {
    rooms[c->room].given_up++;
    mark(c->room);
  } else {
    fprintf(stderr, "a connection could not get in\n");
    exit(1);
  }
}

static void on_closed(struct connection *c, const char *why) {
  (void)c;
  counts.closed++;
  complain("a connection was lost", why, strlen(why));
  if (ready < total) exit(1);
}

static size_t on_received(struct connection *c, uint8_t *bytes, size_t length) {
  counts.bytes += length - c->in_length;
  return protocol_received(c, bytes, length);
}

// --- pacing

static uint64_t under_way(const struct room *r) {
  uint64_t done = r->delivered / (uint64_t)options.members;
  if (options.acks && r->acked < done) done = r->acked;
  done += r->given_up;
  return done < r->sent ? r->sent - done : 0;
}

static bool may_send(void) { return options.count == 0 || counts.sent < options.count; }

static void send_from(int index, uint64_t sent_at) {
  struct room *r = &rooms[index];
  int member = r->next_sender;
  r->next_sender = (member + 1) % options.senders;
  r->sent++;
  counts.sent++;
  protocol_send_message(&connections[index * options.members + member], sent_at);
}

static void refill_rooms(void) {
  uint64_t most = (uint64_t)options.senders * (uint64_t)options.window;
  int waiting = refills;
  refills = 0;
  for (int i = 0; i < waiting; i++) {
    struct room *r = &rooms[refill[i]];
    r->waits = false;
    while (may_send() && under_way(r) < most) send_from(refill[i], now_ns());
  }
}

// Sends what is due; gives back how long nothing will be.
static int64_t send_due(uint64_t now) {
  static double due;
  static int room;
  if (due == 0) due = (double)now;
  while (due <= (double)now && may_send()) {
    send_from(room, (uint64_t)due);
    room = (room + 1) % options.rooms;
    due += -log(1 - drand48()) * (double)SECOND / options.rate;
  }
  refills = 0;
  for (int i = 0; i < options.rooms; i++) rooms[i].waits = false;
  return (int64_t)(due - (double)now_ns());
}

static void ping_due(uint64_t now) {
  static uint64_t begun;
  static uint64_t pinged;
  if (options.ping <= 0) return;
  if (begun == 0) begun = now;
  double rounds = (double)(now - begun) / (double)SECOND / options.ping;
  for (; (double)pinged < rounds * total; pinged++) {
    struct connection *c = &connections[pinged % (uint64_t)total];
    if (c->stage == STAGE_READY) protocol_ping(c);
  }
}

static void turn(void) {
  uint64_t now = now_ns();
  int64_t wait = (int64_t)SECOND / 20;
  ping_due(now);
  if (options.senders > 0 && options.rate > 0) {
    int64_t pause = send_due(now);
    if (pause < wait) wait = pause;
  } else if (options.senders > 0) refill_rooms();
  connections_poll(wait);
}

// --- the run

static void run_for(double seconds) {
  uint64_t end = now_ns() + (uint64_t)(seconds * (double)SECOND);
  while (now_ns() < end) turn();
}

static uint64_t all_under_way(void) {
  uint64_t sum = 0;
  for (int i = 0; i < options.rooms; i++) sum += under_way(&rooms[i]);
  return sum;
}

static void run_count(void) {
  uint64_t end = now_ns() + (uint64_t)(options.patience * (double)SECOND);
  while (counts.sent < options.count || all_under_way() > 0) {
    turn();
    if (now_ns() < end) continue;
    fprintf(stderr, "%llu messages were not dealt with in time\n",
            (unsigned long long)all_under_way());
    exit(1);
  }
}

static void run_until_told(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  while (poll(&input, 1, 0) == 0) turn();
}

static void get_in(void) {
  uint64_t begun = now_ns();
  for (int i = 0; i < options.concurrency; i++) open_next();
  while (ready < total) {
    connections_poll((int64_t)SECOND / 10);
    if (now_ns() - begun < (uint64_t)(options.patience * (double)SECOND)) continue;
    fprintf(stderr, "only %d of %d connections got in\n", ready, total);
    exit(1);
  }
  double seconds = (double)(now_ns() - begun) / (double)SECOND;
  printf("{\"event\":\"ready\",\"connections\":%d,\"seconds\":%.4f,\"p50\":%.3f,\"p99\":%.3f}\n",
         total, seconds, histogram_ms(&open_times, 0.5), histogram_ms(&open_times, 0.99));
}

static void print_times(const char *name, const struct histogram *h) {
  printf("\"%s\":{\"count\":%llu,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}", name,
         (unsigned long long)h->count, histogram_ms(h, 0.5), histogram_ms(h, 0.99),
         histogram_ms(h, 0.999), (double)h->largest / 1e6);
}

static void print_counts(uint64_t begun) {
  double seconds = (double)(now_ns() - begun) / (double)SECOND;
  printf("{\"event\":\"done\",\"seconds\":%.4f,\"sent\":%llu,\"acked\":%llu,\"delivered\":%llu,"
         "\"refused\":%llu,\"closed\":%llu,\"bytes\":%llu,\"underWay\":%llu,",
         seconds, (unsigned long long)counts.sent, (unsigned long long)counts.acked,
         (unsigned long long)counts.delivered, (unsigned long long)counts.refused,
         (unsigned long long)counts.closed, (unsigned long long)counts.bytes,
         (unsigned long long)all_under_way());
  print_times("ack", &ack_times);
  putchar(',');
  print_times("delivery", &delivery_times);
  puts("}");
}

static void begin_to_count(void) {
  memset(&counts, 0, sizeof counts);
  histogram_clear(&ack_times);
  histogram_clear(&delivery_times);
  for (int i = 0; i < options.rooms; i++) mark(i);
}

static void measure(void) {
  run_for(options.warmup);
  begin_to_count();
  measuring = true;
  puts("{\"event\":\"measuring\"}");
  uint64_t begun = now_ns();
  if (options.count > 0) run_count();
  else run_for(options.seconds);
  print_counts(begun);
  if (!options.goon) return;
  begin_to_count();
  begun = now_ns();
  run_until_told();
  print_counts(begun);
}

// --- options and seats

static void usage(const char *argument) {
  fprintf(stderr, "not understood: %s\n", argument);
  exit(2);
}

static void read_option(char *argument) {
  char *value = strchr(argument, '=');
  if (value == NULL) usage(argument);
  *value++ = 0;
  const struct { const char *name; int *to; } whole[] = {
      {"port", &options.port},       {"rooms", &options.rooms},   {"members", &options.members},
      {"senders", &options.senders}, {"window", &options.window}, {"body", &options.body},
      {"concurrency", &options.concurrency}};
  const struct { const char *name; double *to; } real[] = {
      {"seconds", &options.seconds}, {"warmup", &options.warmup}, {"rate", &options.rate},
      {"ping", &options.ping},       {"patience", &options.patience}};
  const struct { const char *name; bool *to; } flags[] = {
      {"tls", &options.tls}, {"websocket", &options.websocket}, {"acks", &options.acks},
      {"goon", &options.goon}};
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
    if (strcmp(argument, whole[i].name) == 0) { *whole[i].to = atoi(value); return; }
  }
  for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
    if (strcmp(argument, real[i].name) == 0) { *real[i].to = atof(value); return; }
  }
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    if (strcmp(argument, flags[i].name) == 0) { *flags[i].to = atoi(value) != 0; return; }
  }
  if (strcmp(argument, "count") == 0) options.count = strtoull(value, NULL, 10);
  else if (strcmp(argument, "seats") == 0) options.seats = value;
  else if (strcmp(argument, "features") == 0) options.features = value;
  else if (strcmp(argument, "protocol") != 0 || !protocol_by_name(value, &options.protocol)) {
    usage(argument);
  }
}

// "a,b" as the inside of a list of JSON strings.
static char *quoted(const char *words) {
  char *to = malloc(strlen(words) * 3 + 3), *at = to;
  *at++ = '"';
  for (; *words; words++) {
    if (*words != ',') *at++ = *words;
    else at = stpcpy(at, "\",\"");
  }
  stpcpy(at, "\"");
  return to;
}

static struct seat *read_seats(void) {
  struct seat *seats = calloc((size_t)total, sizeof *seats);
  FILE *file = fopen(options.seats, "r");
  if (file == NULL) { perror(options.seats); exit(1); }
  for (int i = 0; i < total; i++) {
    if (fscanf(file, "%ms %ms", &seats[i].room_id, &seats[i].token) == 2) continue;
    fprintf(stderr, "%s has too few lines\n", options.seats);
    exit(1);
  }
  fclose(file);
  return seats;
}

static void prepare(void) {
  total = options.rooms * options.members;
  if (total < 1 || options.senders > options.members || options.body > 4000) usage("sizes");
  connections = calloc((size_t)total, sizeof *connections);
  rooms = calloc((size_t)options.rooms, sizeof *rooms);
  refill = calloc((size_t)options.rooms, sizeof *refill);
  for (int i = 0; i < total; i++) connections[i].index = i, connections[i].room = i / options.members;
  for (int i = 0; i < options.rooms; i++) mark(i);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) read_option(argv[i]);
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  srand48(42);
  prepare();
  const struct protocol_setup protocol = {
      .protocol = options.protocol, .websocket = options.websocket, .body_bytes = options.body,
      .port = (uint16_t)options.port, .features = quoted(options.features),
      .seats = options.protocol == PROTOCOL_LAIR ? read_seats() : NULL,
      .events = {on_ready, on_delivered, on_acked, on_refused}};
  const struct connection_setup setup = {
      .port = (uint16_t)options.port, .tls = options.tls,
      .events = {protocol_opened, on_received, on_closed}};
  protocols_begin(&protocol);
  connections_begin(&setup);
  get_in();
  measure();
  return 0;
}
