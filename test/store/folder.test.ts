import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { folderStore } from "../../src/store/index.ts";
import { storeConformance } from "./conformance.ts";

const root = mkdtempSync(join(tmpdir(), "isoflop-store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let opened = 0;

storeConformance("folderStore", () => folderStore(join(root, String(opened++))));
