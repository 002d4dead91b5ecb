/** What a thread of a pool can be asked for, by name. */
export { refitPiece } from "../fit/index.ts";
