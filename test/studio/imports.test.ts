import { expect, test } from "vitest";
import { filesUnder, read } from "../house/tree.ts";

const pureRooms = new Set(
  (JSON.parse(read("tsconfig.pure.json")).include as string[]).map((room) => room.replace("src/", "")),
);

/** What a file takes from where: values, not types alone. */
const imports = (text: string): { types: boolean; from: string }[] =>
  [...text.matchAll(/^import (type )?[^;]*?from "([^"]+)";/gms)].map(([, types, from]) => ({
    types: types !== undefined,
    from: from!,
  }));

test("the studio knows the library by its public names, and runs no room of it that needs Node", () => {
  const files = [".ts", ".tsx"].flatMap((ending) => filesUnder("studio/src", ending));
  expect(files.length).toBeGreaterThan(10);
  const wrong = files.flatMap((file) =>
    imports(read(file))
      .filter(({ types, from }) => {
        if (from.startsWith("isoflop/"))
          return !types && !pureRooms.has(from.slice("isoflop/".length)) && from !== "isoflop/draw";
        return /(^|\/)src\/|^node:/.test(from);
      })
      .map(({ from }) => `${file}: ${from}`),
  );
  expect(wrong).toEqual([]);
});
