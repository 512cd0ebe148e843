import type { MessageId, UserId } from "@lair-chat/protocol/ids.ts";
import type { LoggedChange, LogRange } from "../../store/log-range.ts";
import { withChanges } from "../../store/message-changes.ts";
import type { Entry } from "../../store/state.ts";

const bob = "00000000-0000-7000-8000-000000000002" as UserId;
const moderator = "00000000-0000-7000-8000-000000000003" as UserId;
const idOf = (seq: number) =>
  `00000000-0000-7000-8000-${(1000 + seq).toString().padStart(12, "0")}` as MessageId;

/** What stands in a place of the log: something to show, or a change of something before it. */
export type Place = "message" | "join" | { readonly edits: number } | { readonly erases: number };

/** A log as a server has it. */
export class SampleHistory {
  readonly #places: Place[] = [];

  get head(): number {
    return this.#places.length;
  }

  add(place: Place): void {
    this.#places.push(place);
  }

  /** The entries up to the end, as they are now. */
  entries(from = 1, to = this.head): readonly Entry[] {
    const changes = this.#changes(1, this.head).map(({ change }) => change);
    return withChanges(this.#bare(from, to), changes);
  }

  /** A page of it: what is in it is as it is now, as a server has it. */
  page(from: number, to: number): LogRange {
    return {
      ...{ from, to, reachedStart: from === 1 },
      entries: this.entries(from, to),
      changes: this.#changes(from, to),
    };
  }

  /** What is heard of a place when it comes to be. */
  event(seq: number): LogRange {
    return {
      ...{ from: seq, to: seq, reachedStart: seq === 1 },
      entries: this.#bare(seq, seq),
      changes: this.#changes(seq, seq),
    };
  }

  #bare(from: number, to: number): readonly Entry[] {
    return this.#places.slice(from - 1, to).flatMap((place, at): Entry[] => {
      const seq = from + at;
      const base = { seq, at: seq * 1000, authorId: bob, author: "bob" };
      if (place === "join") return [{ ...base, kind: "join" as const }];
      if (place !== "message") return [];
      const content = `message ${seq}`;
      const more = { id: idOf(seq), clientId: undefined, content, edited: false };
      return [{ ...base, kind: "message" as const, ...more }];
    });
  }

  #changes(from: number, to: number): LoggedChange[] {
    return this.#places.slice(from - 1, to).flatMap((place, at): LoggedChange[] => {
      const seq = from + at;
      if (typeof place === "string") return [];
      if ("edits" in place) {
        const edit = { kind: "edit", messageSeq: place.edits, content: `as of ${seq}` } as const;
        return [{ seq, change: edit }];
      }
      // Not every server says whose it was.
      const authorId = seq % 2 === 0 ? bob : undefined;
      const { erases: messageSeq } = place;
      return [{ seq, change: { kind: "delete", messageSeq, deletedBy: moderator, authorId } }];
    });
  }
}
