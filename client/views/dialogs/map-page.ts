import type { Outcome, Page } from "../../actions/actions.ts";

/** A page of other things, if there is one. */
export function mapPage<From, To>(
  outcome: Outcome<Page<From>>,
  change: (item: From) => To,
): Outcome<Page<To>> {
  if (!outcome.ok) return outcome;
  const { items, total } = outcome.value;
  return { ok: true, value: { items: items.map(change), total } };
}
