/** Which web pages may open a WebSocket here. */
export interface OriginRules {
  /** Like https://chat.example.org, as browsers write them. */
  readonly allowed: readonly string[];
}

/**
 * Whether a request may become a WebSocket. Browsers always say which page it is for; a program that
 * is none says nothing, and could say anything. A page from here is one whose address has our Host.
 */
export function isAllowedOrigin(
  { origin, host }: { readonly origin: string | undefined; readonly host: string | undefined },
  { allowed }: OriginRules,
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  const page = URL.parse(origin);
  const isPage = page !== null && (page.protocol === "https:" || page.protocol === "http:");
  // Compared as text too: an origin is nothing but a scheme and a host.
  if (!isPage || page.origin !== origin || host === undefined) return false;
  return URL.parse(`${page.protocol}//${host}`)?.host === page.host;
}
