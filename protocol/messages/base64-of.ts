import { Type } from "typebox";

/** A field of so many bytes; whoever reads it checks that it really is base64. */
export function base64Of(byteCount: number, description: string) {
  const maxLength = Math.ceil(byteCount / 3) * 4;
  return Type.String({ maxLength, contentEncoding: "base64", description });
}
