import { parseBudget } from "../../plan/index.ts";
import { openAnswer } from "../answer.ts";
import { budgetLines } from "../budget-text.ts";
import { numberOption } from "../options.ts";
import { ownHardware } from "../own-hardware.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop convert: a budget in words → FLOPs, device-hours, dollars, energy, CO2, with the arithmetic. */
export function convertVerb(world: World): RunnableVerb {
  return verb(
    world,
    "convert",
    "A budget in FLOPs, device-hours, dollars, energy and CO2, with every step of the arithmetic.",
    [
      'convert "3 PF-days"',
      'convert "512 H100 for 30 days at 40% MFU"',
      "convert '$2M of H100'",
      "convert '$2M and 30 days on 512 H100 at 40% MFU'",
      'convert "5.76e23 on 1024 A100 at 35% MFU" --json',
      'convert "64 of mine for a week" --hardware ./mine.yaml',
    ],
  )
    .argument("<budget...>", "the budget in words")
    .option("--hardware <file>", "YAML or JSON that describes hardware of your own")
    .option("--no-assume", "take no MFU and no price from published ones where the words say none")
    .option(
      "--pue <factor>",
      "energy of the data centre over its machines'",
      numberOption("--pue", { above: 0 }),
    )
    .option("--co2 <kg>", "kilograms of CO2 for a kWh on your grid", numberOption("--co2"))
    .action(async (words, options) => {
      const answer = openAnswer(world, options);
      const budget = parseBudget(words.join(" "), {
        assume: options.assume,
        hardware: await ownHardware(world, options.hardware),
        pue: options.pue,
        kgCo2PerKwh: options.co2,
      });
      answer.give(budget, () => budgetLines(budget, answer.paint));
      answer.warnings([
        ...budget.remarks,
        ...budget.missing.map((remedy) => `the FLOPs don't follow: ${remedy}`),
      ]);
    });
}
