import { resolve } from "node:path";
import { formatCount, formatFlops, formatGrouped, formatNumber } from "../../numeric/index.ts";
import { ownFlops, type SweepRecord, writeSweep } from "../../sweep/index.ts";
import { openAnswer } from "../answer.ts";
import { readSweepFile } from "../sweep-file.ts";
import { columns, labelled, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop sweep design: a sweep's file → its runs, and with -o the folder to run them in. */
export function sweepDesignVerb(world: World): RunnableVerb {
  return verb(
    world,
    "sweep design",
    "The runs that a sweep's file asks for: YAML or JSON with isoflop, grid or runs, the trainer, the data, seeds and a budget; or a file of plan sweep -o.",
    ["sweep design ladder.yaml", "sweep design ladder.yaml -o ladder", "sweep design sweep.json --json"],
  )
    .argument("<file>", "the sweep's file, or - for standard input")
    .option("--trainer <name|command>", 'who trains, such as "python train.py --spec {spec} --out {out}"')
    .option("-o, --out <folder>", "make the sweep's folder, for isoflop sweep run")
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const record = await readSweepFile(world, file, options);
      if (options.out !== undefined) await writeSweep(resolve(world.cwd, options.out), record);
      answer.give(record, () => designLines(record));
      if (options.out !== undefined)
        answer.remark(`\nWritten to ${options.out}; isoflop sweep run ${options.out} trains it.`);
    });
}

function designLines({ name, specs, command, concurrency, hours }: SweepRecord): string[] {
  const flops = specs.reduce((sum, spec) => sum + ownFlops(spec), 0);
  const tokens = specs.map((spec) => spec.tokens);
  const trunks = specs.filter(({ settings }) => settings.trunk === true).length;
  const rows = specs.map((spec) => [
    spec.id,
    formatCount(Object.values(spec.parameters)[0] ?? 0),
    formatCount(spec.tokens),
    formatFlops(ownFlops(spec), 3),
  ]);
  const most = 60;
  return [
    ...wrap(
      `${name}: ${formatGrouped(specs.length)} runs, ${formatFlops(flops)} FLOPs together (6ND), on ${formatCount(Math.min(...tokens))} to ${formatCount(Math.max(...tokens))} tokens`,
    ),
    "",
    ...labelled("trainer", command === null ? specs[0].trainer : command.argv.join(" ")),
    ...(trunks > 0 ? labelled("branches", `${specs.length - trunks} off ${trunks} stable trunks`) : []),
    ...(concurrency === null ? [] : labelled("at once", `${concurrency} runs`)),
    ...(hours === null ? [] : labelled("at most", `${formatNumber(hours)} h`)),
    "",
    ...columns([["id", "params", "tokens", "FLOPs"], ...rows.slice(0, most)], {
      align: ["left", "right", "right", "right"],
    }),
    ...(rows.length > most ? [`  … and ${rows.length - most} more`] : []),
  ];
}
