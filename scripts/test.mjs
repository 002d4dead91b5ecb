// npm test [-- vitest's own arguments]: sets up, runs every test, and ends with the runner's own count.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { chromiumRemedy, findChromium, installChromium } from "./chromium.mjs";
import { runNode } from "./node.mjs";
import { prepare, root } from "./prepare.mjs";

const treeBefore = gitStatus();
const temporary = mkdtempSync(join(tmpdir(), "isoflop-test-"));
let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  prepare({ build: true });
  installChromium();
  const json = join(temporary, "results.json");
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${json}`];
  const code = await runNode([vitest, "run", ...reporters, ...process.argv.slice(2)]);
  counts = count(existsSync(json) ? JSON.parse(readFileSync(json, "utf8")) : null, code);
} catch (error) {
  console.error(error.message);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

const changed = [...gitStatus()].filter((line) => !treeBefore.has(line));
if (changed.length > 0) {
  console.log(`FAILED: these files changed in the working tree while the tests ran:\n${changed.join("\n")}`);
  counts.failed += 1;
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);

/** The runner's counts, plus one failure for what fails without being a test: a file that won't load, a crash. */
function count(results, code) {
  if (results === null) {
    console.log(`FAILED: the test runner left no results (exit code ${code})`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const broken = results.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  for (const file of broken) console.log(`FAILED to load or to clean up: ${relative(root, file.name)}`);
  const counts = {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken.length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
  if (code !== 0 && counts.failed === 0) {
    console.log(`FAILED: the test runner left with exit code ${code} although no test failed (see above)`);
    counts.failed = 1;
  }
  if (findChromium() === null) {
    const files = results.testResults.filter((file) => /test[/\\]studio[/\\]/.test(file.name));
    const tests = files.flatMap((file) => file.assertionResults).filter(isSkipped).length;
    console.log(`no Chromium was found: ${tests} tests of the studio are skipped; ${chromiumRemedy}`);
  }
  if (!existsSync(join(root, "..", "shared", "data"))) {
    const files = results.testResults.filter((file) => readsSharedData(file.name));
    const tests = files.flatMap((file) => file.assertionResults).filter(isSkipped).length;
    console.log(`../shared/data is absent: ${tests} tests that read it are skipped`);
  }
  return counts;
}

function isSkipped(test) {
  return test.status === "skipped" || test.status === "pending";
}

/** True when a test file, or a file beside it that it imports, speaks of shared/data. */
function readsSharedData(file) {
  const text = readFileSync(file, "utf8");
  const neighbours = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path]) => join(dirname(file), path));
  const tests = neighbours.filter((path) => path.startsWith(join(root, "test")) && existsSync(path));
  return [text, ...tests.map((path) => readFileSync(path, "utf8"))].some((it) =>
    /shared[/", ]+data/.test(it),
  );
}

/** What git sees as new or changed (nothing outside a git checkout): tests may write to temporary folders only. */
function gitStatus() {
  const git = spawnSync("git", ["status", "--porcelain", "--untracked-files=all"], {
    cwd: root,
    encoding: "utf8",
  });
  return new Set(git.status === 0 ? git.stdout.split("\n").filter(Boolean) : []);
}
