// Sets the project up: installs and builds what is missing, and says so. Needs Node alone, because it runs first.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const say = (line) => process.stderr.write(`${line}\n`);

/** Makes dependencies (and, with `build`, dist/) current; throws an Error whose message is meant for people. */
export function prepare({ build = false } = {}) {
  requireNode();
  const ready = () => dependenciesAreCurrent() && (!build || distIsCurrent());
  if (ready()) return;
  withLock(() => {
    if (!dependenciesAreCurrent()) install();
    if (build && !distIsCurrent()) compile();
  });
}

/** The same for a script that has nothing better to do with a failure than print it and leave. */
export function prepareOrExit(options) {
  try {
    prepare(options);
  } catch (error) {
    say(error.message);
    process.exit(1);
  }
}

function requireNode() {
  const wanted = readJson(at("package.json")).engines.node.replace(">=", "");
  const [major, minor] = wanted.split(".").map(Number);
  const [hasMajor, hasMinor] = process.versions.node.split(".").map(Number);
  if (hasMajor > major || (hasMajor === major && hasMinor >= minor)) return;
  throw new Error(
    `isoflop needs Node.js ${wanted} or newer, this is ${process.versions.node}: install one from https://nodejs.org`,
  );
}

// ── dependencies ──────────────────────────────────────────────────────────────────────────────────────────────

/** Current when our stamp names this lock file, or when npm's own record of what it installed agrees with it. */
function dependenciesAreCurrent() {
  if (readText(at("node_modules", ".isoflop-lock")) === hashFiles([at("package-lock.json")])) return true;
  const installed = readJson(at("node_modules", ".package-lock.json"))?.packages;
  if (!installed) return false;
  return Object.entries(readJson(at("package-lock.json")).packages).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" || installed[path]?.version === version || (!installed[path] && (optional || devOptional)),
  );
}

function install() {
  say("installing dependencies (npm ci) …");
  const args = ["ci", "--include=dev", "--loglevel=error"]; // said outright: NODE_ENV or --silent must not change it
  const npm = process.env.npm_execpath;
  const result = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, encoding: "utf8" })
    : spawnSync("npm", args, { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
  if (result.status !== 0) throw failure("npm ci", result);
  fs.writeFileSync(at("node_modules", ".isoflop-lock"), hashFiles([at("package-lock.json")]));
}

// ── dist ──────────────────────────────────────────────────────────────────────────────────────────────────────

const distIsCurrent = () => readText(at("dist", ".stamp")) === sourceHash();

function sourceHash() {
  const configs = fs.readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name));
  const sources = fs.existsSync(at("src")) ? filesUnder(at("src")) : [];
  const studio = fs.existsSync(at("studio")) ? filesUnder(at("studio")) : [];
  const building = [at("scripts", "compile.mjs"), at("scripts", "bundle.mjs"), at("package-lock.json")]; // dependencies are bundled too
  return hashFiles([...configs.map((name) => at(name)), ...sources, ...studio, ...building]);
}

/** Builds beside dist/ and swaps at the end, so that a build that dies leaves the old dist/ or none, never half of one. */
function compile() {
  say("building …");
  const stamp = sourceHash(); // before compiling: an edit made meanwhile must look newer than the result
  for (const name of fs.readdirSync(at("node_modules"))) {
    if (name.startsWith(".isoflop-dist-"))
      fs.rmSync(at("node_modules", name), { recursive: true, force: true });
  }
  const fresh = at("node_modules", `.isoflop-dist-new-${process.pid}`);
  const old = at("node_modules", `.isoflop-dist-old-${process.pid}`);
  const result = spawnSync(process.execPath, [at("scripts", "compile.mjs"), fresh], {
    cwd: root,
    encoding: "utf8",
  });
  if (result.status !== 0) {
    fs.rmSync(fresh, { recursive: true, force: true });
    throw failure("the build", result);
  }
  fs.chmodSync(join(fresh, "cli", "main.js"), 0o755);
  fs.writeFileSync(join(fresh, ".stamp"), stamp);
  if (fs.existsSync(at("dist"))) fs.renameSync(at("dist"), old);
  fs.renameSync(fresh, at("dist"));
  fs.rmSync(old, { recursive: true, force: true });
}

// ── one at a time ─────────────────────────────────────────────────────────────────────────────────────────────

/** Runs `work` while holding a lock directory. It lies outside the tree because `npm ci` empties node_modules. */
function withLock(work) {
  const name = createHash("sha256").update(fs.realpathSync(root)).digest("hex").slice(0, 16);
  const lock = join(tmpdir(), `isoflop-prepare-${name}`);
  const owner = join(lock, "pid");
  for (let said = false; !tryMkdir(lock); ) {
    const pid = readText(owner);
    if (pid === null ? ageSeconds(lock) > 10 : !isAlive(Number(pid))) {
      discard(lock, pid);
      continue;
    }
    if (!said) say(`another process (${pid ?? "just started"}) is setting this project up, waiting for it …`);
    said = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    fs.writeFileSync(owner, String(process.pid));
    work();
  } finally {
    fs.rmSync(lock, { recursive: true, force: true });
  }
}

/** Takes a dead owner's lock away by renaming, which only one of several waiters can do; puts back a living one's. */
function discard(lock, deadPid) {
  const aside = `${lock}-stale-${process.pid}`;
  try {
    fs.renameSync(lock, aside);
  } catch {
    return; // another waiter was faster
  }
  if (readText(join(aside, "pid")) === deadPid) fs.rmSync(aside, { recursive: true, force: true });
  else fs.renameSync(aside, lock);
}

function tryMkdir(path) {
  try {
    fs.mkdirSync(path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM"; // alive, and somebody else's
  }
}

function ageSeconds(path) {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat ? (Date.now() - stat.mtimeMs) / 1000 : 0;
}

// ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

function failure(what, { stdout, stderr, error, signal }) {
  const output = `${stdout ?? ""}\n${stderr ?? ""}\n${error?.message ?? ""}`.trim().split("\n");
  const reason = signal ? `${what} was stopped by ${signal}` : `${what} failed`;
  return new Error(`${reason}; the end of its output:\n${output.slice(-30).join("\n")}`);
}

function readText(path) {
  try {
    return fs.readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function readJson(path) {
  const text = readText(path);
  return text === null ? null : JSON.parse(text);
}

function filesUnder(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules") return []; // a workspace may have one, where versions differ
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function hashFiles(paths) {
  const hash = createHash("sha256");
  for (const path of [...paths].sort())
    hash.update(`${relative(root, path)}\0`).update(fs.readFileSync(path));
  return hash.digest("hex");
}
