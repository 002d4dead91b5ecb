import { expect, test } from "vitest";
import { hardware, typicalPrice, utilisations } from "../../src/models/index.ts";
import { read } from "../house/tree.ts";

/** The cells of every row of a page's tables. */
const rows = read("docs/costs.md")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );

const shown = (rate: number | null): string =>
  rate === null ? "–" : String(Number((rate / 1e12).toPrecision(5)));

test.each(hardware.map((item) => [item.name, item] as const))(
  "docs/costs.md shows the catalogue's %s",
  (name, item) => {
    const { bf16, fp16, fp32, fp8, int8 } = item.peakFlopsPerSecond;
    const price = typicalPrice(item);
    const [, ...cells] = rows.find(([first]) => first === name)!;
    expect(cells.slice(0, 9)).toEqual([
      ...[bf16, fp16, fp32, fp8, int8].map(shown),
      String(item.memoryBytes / 1e9),
      shown(item.bandwidthBytesPerSecond),
      String(item.powerWatts ?? "–"),
      price === null ? "–" : `${price.value} (${price.count}${price.verified ? "" : ", unverified"})`,
    ]);
    expect(cells[9]).toContain(`(${item.url})`);
  },
);

test("docs/costs.md shows every published utilisation", () => {
  for (const { model, hardware: device, devices, mfu } of utilisations)
    expect(rows.map((cells) => cells.slice(0, 4))).toContainEqual([
      model,
      device,
      String(devices ?? "–"),
      `${Number((100 * mfu).toPrecision(3))} %`,
    ]);
});
