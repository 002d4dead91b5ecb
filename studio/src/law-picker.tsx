import { Select } from "@base-ui/react/select";
import { formulaHtml } from "isoflop/report";
import { useEffect, useRef, useState } from "react";
import type { LawEntry } from "./engine/messages.ts";
import { Button, Icon } from "./parts.tsx";
import { decide, documentOf, useStudio } from "./store.ts";

const kinds: Readonly<Record<string, string>> = {
  loss: "Laws of the loss",
  task: "Laws of tasks",
  sampling: "Laws of sampling",
  recipe: "Recipes",
};

/** The laws that the open runs can be fitted with, the others greyed, and a formula of one's own. */
export function LawPicker({ laws }: { laws: readonly LawEntry[] }) {
  const choice = useStudio((state) => documentOf(state).law);
  const [writing, setWriting] = useState(choice.kind === "formula");
  const [formula, setFormula] = useState(choice.kind === "formula" ? choice.formula : "E + A / N^alpha");
  const [inputs, setInputs] = useState(choice.kind === "formula" ? choice.inputs : "params=N,tokens=D");
  const entry = choice.kind === "named" ? laws.find(({ name }) => name === choice.name) : undefined;
  const groups = Object.entries(kinds)
    .map(([kind, title]) => ({
      title,
      able: laws.filter((law) => law.kind === kind && law.able),
      unable: laws.filter((law) => law.kind === kind && !law.able),
    }))
    .filter(({ able, unable }) => able.length + unable.length > 0);
  return (
    <>
      <div className="flex gap-2">
        <Select.Root
          value={writing ? "" : choice.kind === "named" ? choice.name : ""}
          onValueChange={(name) => {
            if (typeof name !== "string" || name === "") return;
            setWriting(false);
            decide({ law: { kind: "named", name }, flops: null, held: {} });
          }}
        >
          <Select.Trigger
            aria-label="Law"
            className="flex h-9 min-w-0 flex-1 cursor-pointer items-center justify-between gap-2 rounded-md border border-line bg-surface px-2.5 text-left font-semibold hover:bg-ground"
          >
            <span className="truncate">
              {writing ? "a formula of your own" : (entry?.name ?? "choose a law")}
            </span>
            <Icon name="down" size={13} />
          </Select.Trigger>
          <Select.Portal>
            <Select.Positioner sideOffset={4} align="start" alignItemWithTrigger={false} className="z-50">
              <Select.Popup className="max-h-[min(70vh,32rem)] w-80 overflow-auto rounded-lg border border-line bg-raised p-1 shadow-xl">
                {groups.map(({ title, able, unable }) => (
                  <Select.Group key={title}>
                    {able.length > 0 && (
                      <Select.GroupLabel className="px-2 pt-2 pb-1 text-[11px] font-semibold tracking-wider text-muted uppercase">
                        {title}
                      </Select.GroupLabel>
                    )}
                    {able.map((law) => (
                      <Item key={law.name} law={law} />
                    ))}
                    {unable.length > 0 && (
                      <Select.GroupLabel className="px-2 pt-2 pb-1 text-[11px] font-semibold tracking-wider text-muted uppercase">
                        {title} that ask for more columns
                      </Select.GroupLabel>
                    )}
                    {unable.map((law) => (
                      <Item key={law.name} law={law} />
                    ))}
                  </Select.Group>
                ))}
              </Select.Popup>
            </Select.Positioner>
          </Select.Portal>
        </Select.Root>
        <Button
          aria-pressed={writing}
          title="Write a formula of your own"
          className="!h-9 font-serif italic"
          onClick={() => setWriting(!writing)}
        >
          f(x)
        </Button>
      </div>
      {!writing && entry && (
        <div className="mt-2">
          <Formula text={entry.formula} />
          <p className="mt-0.5 text-xs text-muted">
            {entry.title}
            {entry.source ? ` · ${entry.source}` : ""}
          </p>
        </div>
      )}
      {writing && (
        <form
          className="mt-2 space-y-2"
          onSubmit={(event) => {
            event.preventDefault();
            decide({ law: { kind: "formula", formula, inputs, output: "loss" }, flops: null, held: {} });
          }}
        >
          <input
            aria-label="Formula"
            value={formula}
            onChange={(event) => setFormula(event.target.value)}
            className="h-8 w-full rounded-md border border-line bg-surface px-2 font-mono text-xs"
          />
          <div className="flex gap-2">
            <input
              aria-label="Its inputs, quantity=letter"
              value={inputs}
              onChange={(event) => setInputs(event.target.value)}
              className="h-8 min-w-0 flex-1 rounded-md border border-line bg-surface px-2 font-mono text-xs"
            />
            <button
              type="submit"
              className="h-8 cursor-pointer rounded-md bg-accent px-3 font-medium text-on-accent"
            >
              Fit it
            </button>
          </div>
        </form>
      )}
    </>
  );
}

/** A formula as a book would set it. */
function Formula({ text }: { text: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { body } = new DOMParser().parseFromString(formulaHtml(text), "text/html");
    place.current?.replaceChildren(...body.childNodes);
  }, [text]);
  return <div ref={place} className="formula font-serif text-[17px] leading-7" data-testid="formula" />;
}

function Item({ law }: { law: LawEntry }) {
  return (
    <Select.Item
      value={law.name}
      disabled={!law.able}
      className="cursor-pointer rounded-md px-2 py-1.5 outline-none data-disabled:cursor-default data-disabled:opacity-60 data-highlighted:bg-accent-soft data-selected:font-semibold"
    >
      <Select.ItemText>{law.name}</Select.ItemText>
      <span className="block truncate font-serif text-xs text-muted italic">
        {law.able ? law.formula : `asks for ${law.inputs.join(", ")}`}
      </span>
    </Select.Item>
  );
}
