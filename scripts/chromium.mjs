// Finds the system's Chromium for the studio's tests, and installs it where this process may: as root on Debian or Ubuntu.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const places = [
  process.env.CHROMIUM_PATH ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Where it is; null where there is none. */
export function findChromium() {
  return places.find((place) => place !== "" && existsSync(place)) ?? null;
}

/** What to do about a missing one, in a line. */
export const chromiumRemedy = "apt-get install chromium, or set CHROMIUM_PATH to a Chrome or Chromium";

/** Installs it from the system's packages, if it is missing and this process may; never fails. */
export function installChromium() {
  if (findChromium() !== null || process.platform !== "linux" || process.getuid?.() !== 0) return;
  if (!existsSync("/usr/bin/apt-get") || process.env.ISOFLOP_NO_INSTALL) return;
  console.error(
    "installing Chromium for the studio's tests (apt-get install chromium; ISOFLOP_NO_INSTALL=1 leaves it) …",
  );
  const apt = (...args) =>
    spawnSync("apt-get", ["-q", ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      timeout: 300_000,
      stdio: "ignore",
    }).status === 0;
  const install = () => apt("install", "-y", "--no-install-recommends", "chromium");
  if (!install() && apt("update")) install();
}
