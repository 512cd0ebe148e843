import { Type } from "typebox";

/** Over HTTP: the body where there is nothing to say but that it is done. */
export const plainSuccess = {
  toBody: () => ({ success: true }),
  response: { success: Type.Literal(true) },
} as const;
