/** What a thread of a pool can be asked for, by name. */
export { refitPiece } from "../fit/index.ts";

import type { VerbAnswer, VerbWork } from "../server/index.ts";

/** A verb of the studio; loaded when it is asked for, as refits need none of it. */
export async function answerVerb(work: VerbWork): Promise<VerbAnswer> {
  const [{ answerVerb }, { figureMakers }] = await Promise.all([
    import("../server/index.ts"),
    import("./figure-makers.ts"),
  ]);
  return answerVerb(work, figureMakers);
}
