import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { linkFaults } from "../link-proxy.ts";

const noticedMs = 11_000;

export const links: Fault = {
  name: "links",
  about:
    "Links through a proxy are cut, left half-open, made one-way, slowed down or cut into single bytes.",
  needs: [],
  async run({ arena, random }) {
    const fault = random.pick(linkFaults);
    for (const proxy of arena.proxies) proxy.spoil(fault);
    // Now and then long enough that a client must notice by itself that nobody is there.
    await delay(random.below(5) === 0 ? noticedMs : 500 + random.below(2500));
    for (const proxy of arena.proxies) proxy.heal();
    return { [fault]: 1 };
  },
};
