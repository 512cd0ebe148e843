/** A content that only this send has, of about so many bytes; made again from the two. */
export function contentOf(id: string, bytes: number): string {
  return id.padEnd(Math.max(bytes, id.length), ".");
}
