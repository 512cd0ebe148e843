/** The options of a load generator; see loadgen/generator.c. */
export const loadDefaults = {
  protocol: "lair",
  port: 0,
  rooms: 1,
  members: 2,
  senders: 1,
  window: 1,
  body: 100,
  concurrency: 64,
  seconds: 3,
  warmup: 1,
  patience: 60,
  rate: 0,
  count: 0,
  ping: 0,
  tls: 0,
  websocket: 0,
  acks: 0,
  goon: 0,
  seats: "",
  features: "client_ids,log,packed",
};

export type LoadOptions = Readonly<typeof loadDefaults>;

const spoken = ["lair", "relay"];

/** @throws Error naming what is not understood */
export function loadOptions(args: readonly string[]): LoadOptions {
  const read = Object.fromEntries(args.map(readOne));
  const options: LoadOptions = { ...loadDefaults, ...read };
  if (!spoken.includes(options.protocol)) throw new Error(`not spoken: ${options.protocol}`);
  return options;
}

function readOne(argument: string): readonly [string, string | number] {
  const at = argument.indexOf("=");
  const [name, value] = [argument.slice(0, at), argument.slice(at + 1)];
  const isKnown = at > 0 && Object.hasOwn(loadDefaults, name);
  const isText = isKnown && typeof loadDefaults[name as keyof LoadOptions] === "string";
  if (isText) return [name, value];
  if (isKnown && value !== "" && Number.isFinite(Number(value))) return [name, Number(value)];
  throw new Error(`not understood: ${argument}`);
}
