import type { ConversationId } from "@lair-chat/protocol/ids.ts";
import { roomMessagesText } from "@lair-chat/protocol/messages/packed-text.ts";
import type { PushedMessage } from "../cluster/pushed-message.ts";
import { FrameBatch, textFrame } from "./frame-batch.ts";

/** What is told to everybody: a frame as it is, or a message, which has two forms. */
export type Push = Uint8Array | PushedMessage;

/** Characters of rows in one frame: so that it fits into the memory that small frames share. */
const packedChars = 5_000;

/**
 * What a turn has for the readers of one conversation, in the form each of them knows. A form is
 * made once for all of them, and not at all where nobody reads it.
 */
export class PushBatch {
  readonly #conversationId: ConversationId;
  readonly #pushes: readonly Push[];
  #packed: FrameBatch | undefined;
  #single: FrameBatch | undefined;

  constructor(conversationId: ConversationId, pushes: readonly Push[]) {
    this.#conversationId = conversationId;
    this.#pushes = pushes;
  }

  /** For readers with the feature `packed`. */
  get packed(): FrameBatch {
    this.#packed ??= new FrameBatch(packedFrames(this.#conversationId, this.#pushes));
    return this.#packed;
  }

  /** For all others: a frame each. */
  get single(): FrameBatch {
    this.#single ??= new FrameBatch(this.#pushes.map(singleFrame));
    return this.#single;
  }
}

function singleFrame(push: Push): Uint8Array {
  return push instanceof Uint8Array ? push : textFrame(push.eventText());
}

/** Messages that follow each other share a frame; everything else stands where it stood. */
function packedFrames(roomId: ConversationId, pushes: readonly Push[]): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let rows = "";
  const endFrame = () => {
    if (rows !== "") frames.push(textFrame(roomMessagesText(roomId, rows)));
    rows = "";
  };
  for (const push of pushes) {
    const row = push instanceof Uint8Array ? undefined : push.rowText;
    if (row === undefined) {
      endFrame();
      frames.push(singleFrame(push));
    } else {
      if (rows.length + row.length > packedChars) endFrame();
      rows = rows === "" ? row : `${rows},${row}`;
    }
  }
  endFrame();
  return frames;
}
