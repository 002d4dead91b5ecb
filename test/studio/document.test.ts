import { expect, test } from "vitest";
import {
  change,
  emptyDocument,
  fromAddress,
  newHistory,
  readDocument,
  redo,
  type StudioDocument,
  toAddress,
  undo,
} from "../../studio/src/document.ts";

const decided: StudioDocument = {
  ...emptyDocument,
  source: "läufe/run 1.csv",
  law: { kind: "formula", formula: "E + A / N^alpha", inputs: "params=N", output: "loss" },
  excluded: { 17: 'the node died, "again"' },
  flops: 5.76e23,
};

test("a view comes back from its address as it was, whatever letters are in it", () => {
  const address = toAddress(decided, { tab: "trust" });
  expect(address).toMatch(/^[\w=&%.-]+$/);
  expect(fromAddress(`#${address}`)).toEqual({ document: decided, view: { tab: "trust" } });
});

test("an address of nothing decided says nothing", () => {
  expect(toAddress(emptyDocument, {})).toBe("");
  expect(fromAddress("")).toEqual({ document: null, view: {} });
});

test("an address that was cut off, and values of the wrong kind, do no harm", () => {
  expect(fromAddress("#s=eyJsYXciO").document).toBeNull();
  const { flops, hardware, excluded } = readDocument({
    flops: "1e22",
    hardware: 7,
    excluded: null,
    stray: 1,
  });
  expect({ flops, hardware, excluded }).toEqual({ flops: null, hardware: "H100", excluded: {} });
});

test("undo and redo go through every step; the steps of one gesture are one", () => {
  const at = (flops: number): StudioDocument => ({ ...emptyDocument, flops });
  let history = newHistory(emptyDocument);
  history = change(history, at(1), "drag");
  history = change(history, at(2), "drag");
  history = change({ ...history, gesture: null }, at(3), "drag");
  expect(history.past.map(({ flops }) => flops)).toEqual([null, 2]);
  const back = undo(undo(history));
  expect(back.present.flops).toBeNull();
  expect(undo(back).present.flops).toBeNull();
  expect(redo(redo(redo(back))).present.flops).toBe(3);
  expect(change(back, at(9)).future).toEqual([]);
});
