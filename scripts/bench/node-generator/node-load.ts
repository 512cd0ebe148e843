import { setTimeout as sleep } from "node:timers/promises";
import { Histogram } from "../histogram.ts";
import type { LoadOptions } from "./load-options.ts";
import { Seat, type SeatEvents } from "./seat.ts";

interface Room {
  readonly seats: Seat[];
  sent: number;
  acked: number;
  delivered: number;
  givenUp: number;
  nextSender: number;
}

const pollMs = 20;
const stampDigits = 19;

/** Rooms full of connections that write to each other, and what becomes of it. */
export class NodeLoad {
  readonly #options: LoadOptions;
  readonly #clock: () => number;
  readonly #rooms: readonly Room[];
  readonly #tokens: readonly string[];
  readonly #opening = new Histogram();
  readonly #filler: string;
  #acks = new Histogram();
  #deliveries = new Histogram();
  #counts = { sent: 0, acked: 0, delivered: 0, refused: 0, closed: 0, bytes: 0 };
  #measuredFrom = 0;
  #hasBegun = false;

  constructor(options: LoadOptions, seats: readonly string[], clock: () => number) {
    this.#options = options;
    this.#clock = clock;
    this.#tokens = seats;
    this.#filler = "Whatever is said here. ".repeat(200).slice(0, Math.max(1, options.body - 21));
    this.#rooms = Array.from({ length: options.rooms }, () => ({
      seats: [],
      sent: 0,
      acked: 0,
      delivered: 0,
      givenUp: 0,
      nextSender: 0,
    }));
  }

  /** Opens all connections, so many at a time. @throws Error when one does not get in */
  async getIn() {
    const { rooms, members, concurrency } = this.#options;
    const begun = this.#clock();
    const connections = rooms * members;
    let next = 0;
    const work = async () => {
      for (let index = next++; index < connections; index = next++) await this.#open(index);
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, connections) }, work));
    const { p50, p99 } = this.#opening.times();
    return { connections, seconds: (this.#clock() - begun) / 1000, p50, p99 };
  }

  /** Begins to send. */
  begin(): void {
    this.#hasBegun = true;
    const { rate, senders, ping } = this.#options;
    if (ping > 0) setInterval(() => this.#ping(), ping * 1000);
    if (senders === 0) return;
    if (rate > 0) void this.#sendAtRate();
    else for (const room of this.#rooms) this.#refill(room);
  }

  /** Counts from now on, and begins to send where that was not done. */
  measure(): void {
    this.#acks = new Histogram();
    this.#deliveries = new Histogram();
    this.#counts = { sent: 0, acked: 0, delivered: 0, refused: 0, closed: 0, bytes: 0 };
    this.#measuredFrom = this.#clock();
    if (!this.#hasBegun) this.begin();
    // What was sent before may have used up the count, which begins anew.
    else for (const room of this.#rooms) this.#refill(room);
  }

  /** Until `count` messages were sent and dealt with. @throws Error when that takes too long */
  async untilCounted(): Promise<void> {
    const until = this.#clock() + this.#options.patience * 1000;
    while (this.#counts.sent < this.#options.count || this.#underWay() > 0) {
      if (this.#clock() > until) {
        throw new Error(`${this.#underWay()} messages were not dealt with in time`);
      }
      await sleep(pollMs);
    }
  }

  /** What was counted since measuring began. */
  result() {
    return {
      seconds: (this.#clock() - this.#measuredFrom) / 1000,
      ...this.#counts,
      underWay: this.#underWay(),
      ack: this.#acks.times(),
      delivery: this.#deliveries.times(),
    };
  }

  async #open(index: number): Promise<void> {
    const room = this.#rooms[Math.floor(index / this.#options.members)] as Room;
    const begun = this.#clock();
    const [roomId = "", token = ""] = (this.#tokens[index] ?? "").split(" ");
    const number = Math.floor(index / this.#options.members);
    const seat = new Seat(this.#options, { roomId, token, number }, this.#eventsOf(room));
    room.seats.push(seat);
    await seat.ready;
    this.#opening.add(this.#clock() - begun);
  }

  #eventsOf(room: Room): SeatEvents {
    return {
      delivered: (text) => {
        room.delivered += 1;
        this.#counts.delivered += 1;
        this.#deliveries.add(this.#age(text));
        this.#refill(room);
      },
      acked: (text) => {
        room.acked += 1;
        this.#counts.acked += 1;
        this.#acks.add(this.#age(text));
        this.#refill(room);
      },
      refused: (why) => {
        room.givenUp += 1;
        this.#counts.refused += 1;
        console.error(`refused: ${why}`);
        this.#refill(room);
      },
      closed: () => {
        this.#counts.closed += 1;
      },
    };
  }

  /** Milliseconds since the time that a message carries. */
  #age(text: string): number {
    return this.#clock() - Number(text.slice(1, 1 + stampDigits)) / 1e6;
  }

  #underWayIn({ sent, acked, delivered, givenUp }: Room): number {
    const received = Math.floor(delivered / this.#options.members);
    const done = this.#options.acks > 0 ? Math.min(received, acked) : received;
    return Math.max(0, sent - done - givenUp);
  }

  #underWay(): number {
    return this.#rooms.reduce((sum, room) => sum + this.#underWayIn(room), 0);
  }

  #maySend(): boolean {
    const { count } = this.#options;
    return count === 0 || this.#counts.sent < count;
  }

  #refill(room: Room): void {
    const { senders, window, rate } = this.#options;
    if (rate > 0 || !this.#hasBegun) return;
    while (this.#maySend() && this.#underWayIn(room) < senders * window) {
      this.#sendFrom(room, this.#clock());
    }
  }

  /** A message's time counts from when it was due: a server that stalls cannot hide it. */
  async #sendAtRate(): Promise<never> {
    const { rate, rooms } = this.#options;
    let due = this.#clock();
    for (let number = 0; ; ) {
      for (; due <= this.#clock() && this.#maySend(); number += 1) {
        this.#sendFrom(this.#rooms[number % rooms] as Room, due);
        due += (-Math.log(1 - Math.random()) * 1000) / rate;
      }
      await sleep(Math.max(1, due - this.#clock()));
    }
  }

  #sendFrom(room: Room, at: number): void {
    const seat = room.seats[room.nextSender];
    room.nextSender = (room.nextSender + 1) % this.#options.senders;
    room.sent += 1;
    this.#counts.sent += 1;
    const stamp = `${Math.round(at * 1e6)}`.padStart(stampDigits, "0");
    seat?.say(`@${stamp} ${this.#filler}`);
  }

  #ping(): void {
    for (const room of this.#rooms) for (const seat of room.seats) seat.ping();
  }
}
