/** Where nouns are kept: in memory, in a folder; and the run folder, which every trainer writes. */
export {
  type Claim,
  type ClaimRecord,
  claim,
  type Ending,
  isHeld,
  newestClaim,
  type Owner,
  patienceMs,
} from "./claim.ts";
export { type Disk, isDiskFull, nodeDisk, writeWhole } from "./disk.ts";
export { folderStore } from "./folder.ts";
export { type Host, thisHost } from "./host.ts";
export { memoryStore } from "./memory.ts";
export {
  folderName,
  jsonFile,
  mendMetrics,
  openRunFolder,
  type Result,
  type RunFolder,
  readMetrics,
  readResult,
  readSpec,
  runFolder,
  writeResult,
} from "./run-folder.ts";
export { addressOf, type KnownNouns, type Noun, type NounOf, type Store, type StoredAs } from "./store.ts";
