import { findHardware, type Hardware } from "../models/index.ts";
import { didYouMean, formatFlops, metricPrefixes, parseNumber } from "../numeric/index.ts";
import { type Amount, type Amounts, nearlyEqual, spoken, written } from "./amounts.ts";
import { numberPattern as number, type Words } from "./words.ts";

/** Words that can be read, for errors. */
export const examples =
  '"1e23", "3 PF-days", "512 H100 for 30 days at 40% MFU", "20k A100-hours at 35% MFU" or "$2M of H100 at $2/h at 40% MFU"';

const timeUnit = "(?:minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?)";
const prefixes = "(kilo|mega|giga|tera|peta|exa|zetta|yotta|[kmgtpezy])?";

/**
 * Reads the compute of a budget: FLOPs, FLOP/s-days, devices and a time, device-hours, money, a price, an MFU.
 *
 * @throws when something is left that cannot be read
 */
export function readCompute(
  words: Words,
  own: readonly Hardware[],
  steps: string[],
): { said: Amounts; hardware: Hardware | null } {
  const { take, amount: read, fail } = words;
  const said: Amounts = {};
  let found: Hardware | null = null;
  const say = (name: Amount, value: number): void => {
    if (said[name] !== undefined && !nearlyEqual(said[name], value))
      throw fail(
        `it gives ${spoken[name]} twice, as ${written(name, said[name])} and as ${written(name, value)}`,
      );
    said[name] = value;
  };
  const sayHardware = (name: string): void => {
    if (/^(?:gpus?|tpus?|devices?|accelerators?|chips?|cards?)$/i.test(name)) return;
    const next = findHardware(name, own);
    if (found !== null && found !== next)
      throw fail(`it names two kinds of hardware, ${found.name} and ${next.name}`);
    found = next;
  };

  // limits are limits, however they are called; "and" lists them
  words.rewrite(
    /\b(?:at most|up to|no more than|a maximum of|a (?:total )?budget of|budget of|budget:)\s+/gi,
    "",
  );
  words.rewrite(/\b(?:an? )?cluster of\s+/gi, "");
  words.rewrite(/\s*(?:;|&|\band\b|\bbut\b)\s*/gi, ", ");

  const percent = take(`(?:\\b(?:at|with)|@)?\\s*(-?${number})\\s*%\\s*(?:MFU|utili[sz]ation)\\b`);
  const share =
    percent ??
    take(`(?:\\b(?:at|with)|@)?\\s*MFU\\s*(?:of|=|:)?\\s*(-?${number})\\s*(%?)`) ??
    take(`(?:\\b(?:at|with)|@)\\s*(-?${number})\\s*MFU\\b`);
  if (share) {
    const mfu = parseNumber(share[1]) / (percent || share[2] === "%" ? 100 : 1);
    if (!(mfu > 0 && mfu <= 1))
      throw fail(`expected an MFU above 0% and at most 100%, got "${share[0].trim()}"`);
    say("mfu", mfu);
  }

  const useful = take(
    `(?:\\b(?:at|with)|@)?\\s*(-?${number})\\s*%\\s*(?:goodput|uptime|availability|effective(?: training)? time)\\b`,
  );
  if (useful) {
    const value = parseNumber(useful[1]) / 100;
    if (!(value > 0 && value <= 1))
      throw fail(`expected an effective time above 0% and at most 100%, got "${useful[0].trim()}"`);
    say("effectiveTime", value);
  }

  const price = take(
    `(?:\\bat|@)?\\s*\\$\\s*(${number})\\s*(?:/|per\\b|an?\\b)\\s*(?:([a-z][a-z0-9 ]*?)[- ])?\\s*(?:hours?|hrs?|h)\\b`,
  );
  if (price) {
    say("pricePerHourUsd", read(price[1]));
    if (price[2]) sayHardware(price[2].trim());
  }

  const span =
    take(`(?:\\ban? )?(${number})[- ](${timeUnit}) deadline\\b`) ??
    take(
      `(?:\\bdeadline(?: of|:)?|\\b(?:for|over|in|within)|(?<!\\d),|,(?=\\s)) ?(${number}|an?|one)[- ]?(${timeUnit})\\b`,
    ) ??
    take(`^ (${number})\\s*(${timeUnit}) (?:of|on|with)\\b`);
  if (span) say("hours", (/^[ao]/i.test(span[1]) ? 1 : read(span[1])) * hoursIn(span[2]));

  const money =
    take(`(-?)\\s*\\$\\s*(-?${number})(?:\\s*(?:USD|dollars?)\\b)?`) ??
    take(`(?<![a-z0-9])(-?)(${number})\\s*(?:(?:USD|dollars?)\\b|\\$(?!\\s*\\d))`);
  if (money) say("costUsd", read(money[1] + money[2]));

  // "PF-days" are a rate times a time; "FLOPs" with a prefix are a count, unless written as a rate.
  const rateTime = take(`(?<![a-z0-9])(${number})\\s*${prefixes}F(?:LOPS?)?(?:/s)?[- ]?(days?|hours?)\\b`);
  const rate = take(`(?<![a-z0-9])${number}\\s*${prefixes}FLOPS?(?:/s| per second)(?![a-z])`);
  if (rate)
    throw fail(`"${rate[0].trim()}" is a rate, expected an amount; write "PF-days", or "FLOPs" for a count`);
  const counted =
    take(`(?<![a-z0-9])(${number})\\s*${prefixes}FLOPS?\\b`) ??
    take(`^ (${number})(?= (?:(?:on|with|using) .*)?$)`);
  if (rateTime) {
    const perUnit = prefixFactor(rateTime[2]) * (/^d/i.test(rateTime[3]) ? 86400 : 3600);
    const flops = read(rateTime[1]) * perUnit;
    say("flops", flops);
    steps.push(
      `${rateTime[0].trim()}: ${rateTime[1].trim()} × ${formatFlops(perUnit)} = ${written("flops", flops)}`,
    );
  }
  if (counted) {
    if (counted[2] && said.hours !== undefined)
      throw fail(
        `is "${counted[0].trim()}" a rate or a count? Write PF-days for a rate times a time, or the count as 1e23`,
      );
    const flops = countOf(counted[1], counted[0]) * prefixFactor(counted[2]);
    say("flops", flops);
    steps.push(counted[2] ? `${counted[0].trim()} = ${written("flops", flops)}` : written("flops", flops));
  }

  const nodes = take(`(${number}) (?:nodes?|servers?|machines?|hosts?) (?:of|with|×|x) (${number})(?= )`);
  if (nodes) say("devices", read(nodes[1]) * read(nodes[2]));

  // what is left names devices: "512 H100", "20k A100-hours", "of H100", or nothing
  for (const part of words.left().split(/\s*,(?!\d)\s*|(?<!(?:^|\s)\d[\w.,]*)\s+(?=(?:of|on|with|using)\s)/))
    readDevices(part);

  /** "7B" by itself is no FLOPs: whoever writes so means a model or its data. */
  function countOf(amount: string, whole: string): number {
    if (/[kmbt]$/i.test(amount.trim()) && whole.trim() === amount.trim())
      throw fail(
        `is "${amount.trim()}" a size, data or compute? Write "${amount.trim()} parameters", "${amount.trim()} tokens" or "${formatFlops(read(amount))} FLOPs"`,
      );
    return read(amount);
  }

  function readDevices(part: string): void {
    const left = part
      .replace(/^(?:(?:of|on|for|in|at|with|using|worth of)(?:\s+|$))+/i, "")
      .replace(/(?:\s+cluster)?(?:\s+(?:at|for|on|with|in)|\s*@)*$/i, "")
      .replace(/^(?:an?|one|a single) (?=[a-z])/i, "1 ");
    if (left === "") return;
    const deviceTime = new RegExp(`^(${number})\\s+(?:of )?(.+?)[- ](hours?|hrs?|h|days?|weeks?)$`, "i").exec(
      left,
    );
    const counted = new RegExp(`^([a-z].*?) ?[x×] ?(${number})$`, "i").exec(left);
    const several = new RegExp(`^(${number})(?: ?[x×] ?| |(?=[a-z]))(?=[^ ])(.+)$`, "i").exec(left);
    try {
      if (left !== part && /^\d+s?$/.test(left)) {
        sayHardware(left); // "of 4090s" is a name
      } else if (deviceTime) {
        sayHardware(deviceTime[2]);
        say("deviceHours", read(deviceTime[1]) * hoursIn(deviceTime[3]));
      } else if (several) {
        sayHardware(several[2]);
        say("devices", read(several[1]));
      } else if (counted) {
        sayHardware(counted[1]);
        say("devices", read(counted[2]));
      } else if (/^[-+.\d]/.test(left)) {
        say("flops", countOf(left, left));
      } else sayHardware(left);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("unknown hardware")) throw error;
      throw fail(explainLeft(left, Object.keys(said).length > 0, error.message));
    }
  }
  return { said, hardware: found };
}

/** Why the words that are left could not be read as devices. */
function explainLeft(left: string, knowsSomething: boolean, unknownHardware: string): string {
  const percent = /(?:(?:at|with|@) ?)?[\d.]+ ?%/i.exec(left);
  if (percent) return `expected "MFU" after the percentage, got "${percent[0]}"; write "at 40% MFU"`;
  if (/\b(?:months?|years?)\b/i.test(left))
    return `months and years have no fixed length, got "${left}"; write days or weeks`;
  if (/[€£¥]/.test(left)) return `expected dollars, got "${left}"; convert the money first`;
  // what a shell leaves of "$2M" in double quotes
  if (/^(?:[KMBT]|\/h)(?:\s|$)/i.test(left))
    return `expected an amount before "${left}"; if it was money, write it in single quotes, or the shell takes "$2" for a variable`;
  // "70X" is a number with a wrong suffix, not 70 devices of the make X.
  if (/^[\d.,]+[a-z]$/i.test(left)) return numberTrouble(left);
  if (unknownHardware.includes("did you mean")) return unknownHardware;
  const words = left.split(" ");
  const near = didYouMean(words[words.length - 1], ["FLOPs", "PF-days", "PF-hours", "EF-days", "GPU-hours"]);
  if (near !== null) return `unknown unit in "${left}"; did you mean "${near}"?`;
  return knowsSomething || /^\d+ /.test(left)
    ? unknownHardware
    : `expected something like ${examples}, got "${left}"`;
}

function numberTrouble(words: string): string {
  try {
    return `expected a unit after ${parseNumber(words)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function prefixFactor(prefix: string | undefined): number {
  return metricPrefixes[(prefix ?? "").toLowerCase()];
}

function hoursIn(unit: string): number {
  const letter = unit[0].toLowerCase();
  return letter === "m" ? 1 / 60 : letter === "h" ? 1 : letter === "d" ? 24 : 168;
}
