import { SweepHeld } from "../sweep/index.ts";

/** What a client is told when something is not done. */
export interface Complaint {
  readonly what: string;
  readonly got: string | null;
  readonly remedy: string | null;
}

/** A request that is turned down, with the status by which HTTP says so. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  readonly complaint: Complaint;

  constructor(
    status: number,
    what: string,
    { got = null, remedy = null }: { got?: string | null; remedy?: string | null } = {},
  ) {
    super(`${what}${got === null ? "" : `, got ${got}`}${remedy === null ? "" : `; ${remedy}`}`);
    this.status = status;
    this.complaint = { what, got, remedy };
  }
}

/** An error as an answer; `bug` is an error that is nobody's request, whose stack belongs into a log and not into an answer. */
export interface Told {
  readonly status: number;
  readonly complaint: Complaint;
  readonly bug: boolean;
}

/**
 * How an error is told: a refusal with its own status, a law or a fit that can't do what it was asked as 422, what the
 * system refuses by its code, and a fault of ours as 500 without its insides.
 *
 * @example tellError(new Error('unknown law "chinchila"; did you mean "chinchilla"?')).complaint.remedy // 'did you mean "chinchilla"?'
 */
export function tellError(error: unknown): Told {
  if (error instanceof Refused) return { status: error.status, complaint: error.complaint, bug: false };
  if (error instanceof SweepHeld) return { status: 409, complaint: readComplaint(error.message), bug: false };
  const code = error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : null;
  if (code !== null) {
    const [status, what] = systemErrors[code] ?? [500, `the system refuses: ${code}`];
    return { status, complaint: { what, got: null, remedy: null }, bug: false };
  }
  const ours = [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
  if (error instanceof Error && !ours)
    return { status: 422, complaint: readComplaint(error.message), bug: false };
  const remedy = "please report it; what the studio printed where it was started says more";
  return { status: 500, complaint: { what: "isoflop itself went wrong", got: null, remedy }, bug: true };
}

const systemErrors: Readonly<Record<string, readonly [status: number, what: string]>> = {
  ENOENT: [404, "no such file or folder"],
  ENOTDIR: [404, "a part of its path is a file, not a folder"],
  EISDIR: [409, "it is a folder; expected a file"],
  ENAMETOOLONG: [400, "the name is too long"],
  EACCES: [403, "permission denied"],
  EPERM: [403, "permission denied"],
  EROFS: [403, "the disk is read-only"],
  ENOSPC: [507, "the disk is full"],
  EDQUOT: [507, "the disk quota is used up"],
  EMFILE: [503, "too many files are open"],
};

/** A message of the form `what, got that; remedy` taken apart; what isn't there is null. */
function readComplaint(message: string): Complaint {
  const [, what = message, got = null, remedy = null] =
    /^(.*?)(?:, got (.*?))?(?:; (.*))?$/s.exec(message) ?? [];
  return { what, got, remedy };
}
