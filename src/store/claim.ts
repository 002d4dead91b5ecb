import { join } from "node:path";
import { type Disk, writeWhole } from "./disk.ts";
import type { Host } from "./host.ts";

/** Who holds a claim: a process, told from later ones of its number by its start. */
export interface Owner {
  readonly machine: string;
  readonly pid: number;
  readonly start: string;
  /** When it was claimed, in milliseconds since 1970. */
  readonly since: number;
}

/** How a claim ended; a claim without one was either broken off or is still held. */
export interface Ending {
  readonly status: string;
  readonly message: string | null;
}

/** A claim as its files tell it. */
export interface ClaimRecord {
  readonly number: number;
  readonly owner: Owner;
  readonly ended: Ending | null;
  /** When its owner last gave a sign of life, in milliseconds since 1970. */
  readonly heartbeat: number;
}

/** A claim that we hold. */
export interface Claim {
  readonly number: number;
  readonly folder: string;
  readonly previous: ClaimRecord | null;
  /** Gives a sign of life; false when the claim is ours no more, because we seemed dead and somebody took over. */
  readonly beat: () => Promise<boolean>;
  readonly end: (ending: Ending) => Promise<void>;
}

/** Who cannot be looked at (on another machine) counts as dead after so long without a sign of life. */
export const patienceMs = 60_000;

/**
 * Claims the right to work on something that only one may work on: a run, a sweep.
 *
 * The claims of a thing are the numbered folders of `series`; the newest counts. A claim is made by renaming a folder
 * that already names its owner to the next number, which the file system lets only one of several do; so no kill leaves
 * a claim without an owner, and nothing is ever deleted that another might be reading. Who holds it is either alive, or
 * dead and may be followed.
 *
 * @returns the claim, or the record of who holds it
 */
export async function claim(series: string, disk: Disk, host: Host): Promise<Claim | ClaimRecord> {
  await disk.makeFolder(series);
  const temporary = join(series, `.${crypto.randomUUID()}.tmp`);
  const owner: Owner = {
    machine: host.machine,
    pid: host.pid,
    start: host.startOf(host.pid) ?? "",
    since: host.now(),
  };
  for (;;) {
    const previous = await newestClaim(series, disk);
    if (previous !== null && isHeld(previous, host)) return previous;
    const number = (previous?.number ?? 0) + 1;
    const folder = join(series, String(number));
    try {
      await disk.makeFolder(temporary);
      await disk.write(join(temporary, "owner.json"), `${JSON.stringify(owner)}\n`);
      if (await disk.rename(temporary, folder))
        return { number, folder, previous, ...holding(series, number, disk, host) };
    } catch (error) {
      await disk.remove(temporary).catch(() => {}); // what went wrong first is what matters
      throw error;
    }
    await disk.remove(temporary); // somebody was faster: let us see who
    if ((await newestNumber(series, disk)) < number)
      throw new Error(
        `cannot claim ${folder}: nobody has it, and the system lets no folder be renamed to it`,
      );
  }
}

function holding(series: string, number: number, disk: Disk, host: Host): Pick<Claim, "beat" | "end"> {
  const folder = join(series, String(number));
  return {
    async beat() {
      await disk.touch(join(folder, "heartbeat"), host.now());
      return (await newestNumber(series, disk)) === number;
    },
    end: (ending) => writeWhole(disk, join(folder, "ended.json"), `${JSON.stringify(ending)}\n`),
  };
}

/** True while its owner lives, as far as can be seen from here. */
export function isHeld({ owner, ended, heartbeat }: ClaimRecord, host: Host): boolean {
  if (ended !== null) return false;
  if (owner.machine === host.machine) {
    const start = host.startOf(owner.pid);
    if (start === null) return false;
    if (start !== "" && owner.start !== "") return start === owner.start; // however long it has been silent
  }
  return host.now() - heartbeat < patienceMs;
}

/** The claim that counts, or null. */
export async function newestClaim(series: string, disk: Disk): Promise<ClaimRecord | null> {
  const number = await newestNumber(series, disk);
  if (number === 0) return null;
  const folder = join(series, String(number));
  const [owner, ended, beaten] = await Promise.all([
    disk.read(join(folder, "owner.json")),
    disk.read(join(folder, "ended.json")),
    disk.changed(join(folder, "heartbeat")),
  ]);
  // an owner.json that says nothing was written by no program of ours: nobody holds it
  const said = parsed<Owner>(owner) ?? { machine: "", pid: 0, start: "", since: 0 };
  return {
    number,
    owner: said,
    ended: parsed<Ending>(ended),
    heartbeat: Math.max(said.since, beaten ?? 0),
  };
}

async function newestNumber(series: string, disk: Disk): Promise<number> {
  const numbers = (await disk.names(series)).filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
  return Math.max(0, ...numbers);
}

function parsed<T>(text: string | null): T | null {
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
