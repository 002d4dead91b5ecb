import { formatCount } from "../../numeric/index.ts";
import { ownFlops, recordTrainer, type SweepRecord } from "../../sweep/index.ts";
import { type TrainerCheck, testTrainer } from "../../train/index.ts";
import { openAnswer } from "../answer.ts";
import { Failed } from "../fail.ts";
import { numberOption } from "../options.ts";
import { readSweepFile } from "../sweep-file.ts";
import { wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop sweep check: does the trainer of a sweep do what a sweep needs of it? */
export function sweepCheckVerb(world: World): RunnableVerb {
  return verb(
    world,
    "sweep check",
    "Whether the trainer of a sweep does what a sweep needs: it trains the smallest run about six times in folders of its own, stops some, and says what it found.",
    [
      "sweep check ladder.yaml",
      "sweep check ladder.yaml --tokens 1M --tolerance 1e-3",
      'sweep check ladder.yaml --trainer "python train.py {spec} {out}"',
    ],
  )
    .argument("<file>", "the sweep's file, or - for standard input")
    .option("--trainer <name|command>", "who trains, instead of what the file says")
    .option("--tokens <n>", "train on so many tokens, and not on all of the run's", numberOption("--tokens"))
    .option(
      "--tolerance <share>",
      "how far losses of the same run may lie apart (default: to the bit)",
      numberOption("--tolerance"),
    )
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const record = await readSweepFile(world, file, options);
      const smallest = smallestRun(record);
      const spec = { ...smallest, tokens: options.tokens ?? smallest.tokens };
      const trainer = recordTrainer(record);
      const checks = await testTrainer(() => trainer, spec, { tolerance: options.tolerance ?? 0 });
      const failed = checks.filter(({ passed }) => !passed).length;
      answer.give(checks, () => [
        ...wrap(
          `${record.name}: ${record.command?.argv.join(" ") ?? spec.trainer}, tried on ${spec.id} with ${formatCount(spec.tokens)} tokens`,
          { rest: "  " },
        ),
        "",
        ...checks.flatMap((check) => checkLines(check, answer.paint)),
      ]);
      if (failed > 0)
        throw new Failed(
          `${failed} of ${checks.length} checks failed: a sweep of this trainer may lose or mix up runs`,
        );
    });
}

/** The run that is trained fastest: no branch, which would need its trunk. */
function smallestRun({ specs }: SweepRecord): SweepRecord["specs"][number] {
  const whole = specs.filter(({ settings }) => settings.branchFrom === undefined);
  return whole.reduce((least, spec) => (ownFlops(spec) < ownFlops(least) ? spec : least));
}

function checkLines(
  { sentence, found }: TrainerCheck,
  { green, red }: { green: (text: string) => string; red: (text: string) => string },
): string[] {
  if (found === null) return wrap(sentence, { first: `  ${green("✓")} `, rest: "    " });
  return [
    ...wrap(sentence, { first: `  ${red("✗")} `, rest: "    " }),
    ...wrap(found, { first: "    → ", rest: "      " }),
  ];
}
