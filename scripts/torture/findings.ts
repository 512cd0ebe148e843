/**
 * - `lost`: acknowledged, and not in the log or not on a device; or a hole
 * - `duplicate`: there twice
 * - `misordered`: not where it was acknowledged, or against real time or the sender's order
 * - `phantom`: in the log or on a device though refused or never sent
 * - `altered`: other content, sender or chain than it should have
 * - `gap`: a live stream left something out and said nothing
 */
export const violationKinds = [
  "lost",
  "duplicate",
  "misordered",
  "phantom",
  "altered",
  "gap",
] as const;
export type ViolationKind = (typeof violationKinds)[number];

const examplesKept = 40;

/** What a check finds: all of it counted, the first of it in words. */
export class Findings {
  readonly counts: Record<ViolationKind, number> = {
    lost: 0,
    duplicate: 0,
    misordered: 0,
    phantom: 0,
    altered: 0,
    gap: 0,
  };
  readonly examples: string[] = [];

  add(kind: ViolationKind, text: string): void {
    this.counts[kind] += 1;
    if (this.examples.length < examplesKept) this.examples.push(`${kind}: ${text}`);
  }
}
