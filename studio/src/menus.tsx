import { Dialog } from "@base-ui/react/dialog";
import { Menu } from "@base-ui/react/menu";
import { useQueryClient } from "@tanstack/react-query";
import type { Figure } from "isoflop/figures";
import type { ReactNode } from "react";
import { FigureView, figureFile } from "./figure-view.tsx";
import { download, jsonText } from "./files.ts";
import { buttonLook, Icon, type IconName } from "./parts.tsx";
import { putText, ServerError } from "./server.ts";
import { addressOf, bestFit, documentOf, say, show, useStudio } from "./store.ts";
import { useTheme } from "./theme.ts";

const itemLook =
  "flex cursor-pointer items-center justify-between gap-6 rounded-md px-2.5 py-1.5 outline-none data-disabled:cursor-default data-disabled:opacity-45 data-highlighted:bg-accent-soft";

function Shell({
  icon,
  label,
  look = "plain",
  children,
}: {
  icon: IconName;
  label: string;
  look?: "plain" | "quiet";
  children: ReactNode;
}) {
  return (
    <Menu.Root>
      <Menu.Trigger className={buttonLook(look)}>
        <Icon name={icon} />
        {label}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="z-50">
          <Menu.Popup className="min-w-56 rounded-lg border border-line bg-raised p-1 shadow-xl outline-none">
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** A figure as a file: the formats that people send. */
export function ExportMenu({ figure, name }: { figure: Figure; name: string }) {
  const theme = useTheme();
  return (
    <Shell icon="save" label="Export">
      {(["svg", "png", "json"] as const).map((format) => (
        <Menu.Item
          key={format}
          className={itemLook}
          onClick={async () => {
            try {
              download(`${name}.${format}`, await figureFile(figure, format, theme));
            } catch (error) {
              say(error instanceof Error ? error.message : String(error), "failed");
            }
          }}
        >
          {format.toUpperCase()}
          <span className="text-muted">
            {{ svg: "for papers and pages", png: "twice the size", json: "the figure as data" }[format]}
          </span>
        </Menu.Item>
      ))}
    </Shell>
  );
}

/** What was made, as the nouns that the command line reads: into the folder, else as a download. */
export function SaveMenu() {
  const fit = useStudio(bestFit);
  const drawing = useStudio((state) => state.drawing !== null);
  const plan = useStudio((state) => state.plan?.plan ?? null);
  const comparison = useStudio((state) => state.comparison.result?.comparison ?? null);
  const diagnosis = useStudio((state) => state.diagnosis.result);
  const opened = useStudio((state) => state.opened);
  const document = useStudio(documentOf);
  const client = useQueryClient();
  const stem = (opened?.name ?? "runs").replace(/\.\w+$/, "");
  const nouns = [
    { name: `${stem}.fit.json`, title: drawing ? "Fit (intervals so far)" : "Fit", noun: fit },
    { name: `${stem}.plan.json`, title: "Plan", noun: plan },
    { name: `${stem}.comparison.json`, title: "Comparison", noun: comparison },
    { name: `${stem}.diagnosis.json`, title: "Diagnosis", noun: diagnosis },
  ];
  const save = async (name: string, noun: unknown): Promise<void> => {
    const text = jsonText(noun);
    try {
      await putText(name, text).catch((error: unknown) => {
        const isThere = error instanceof ServerError && error.status === 412;
        if (!isThere || !window.confirm(`${name} is there already. Replace it?`)) throw error;
        return putText(name, text, { replace: true });
      });
      await client.invalidateQueries({ queryKey: ["workspace"] });
      say(`Saved as ${name}`);
    } catch (error) {
      if (error instanceof ServerError && error.status !== 0 && error.status !== 404) {
        say(error.message, "failed");
        return;
      }
      download(name.split("/").at(-1)!, text);
    }
  };
  return (
    <Shell icon="save" label="Save">
      {nouns.map(({ name, title, noun }) => (
        <Menu.Item
          key={name}
          className={itemLook}
          disabled={noun === null}
          onClick={() => void save(name, noun)}
        >
          {title}
          <span className="max-w-48 truncate text-xs text-muted">{name}</span>
        </Menu.Item>
      ))}
      <Menu.Separator className="my-1 h-px bg-line" />
      <Menu.Item
        className={itemLook}
        disabled={!opened}
        onClick={() =>
          opened &&
          download(
            `${stem.split("/").at(-1)}.studio.json`,
            jsonText({
              format: "isoflop.studio/1",
              document,
              runs: { name: opened.name, text: opened.text },
            }),
          )
        }
      >
        This view with its runs
        <span className="text-xs text-muted">a file to send</span>
      </Menu.Item>
    </Shell>
  );
}

export function ShareButton() {
  const address = useStudio(addressOf);
  return (
    <button
      type="button"
      className={buttonLook("plain")}
      title="An address that opens this view again on the same folder"
      onClick={async () => {
        const url = `${location.origin}${location.pathname}#${address}`;
        try {
          await navigator.clipboard.writeText(url);
          say("The address of this view is on the clipboard");
        } catch {
          window.prompt("The address of this view", url);
        }
      }}
    >
      <Icon name="share" />
      <span className="max-md:sr-only">Share</span>
    </button>
  );
}

const keys: readonly (readonly [string, string])[] = [
  ["1 to 5", "Explore, Compare, Trust, Report, Sweep"],
  ["f", "the next picture"],
  ["[ ]", "a smaller, a larger budget"],
  ["Ctrl Z, Ctrl Shift Z", "undo, redo"],
  ["/", "filter the runs"],
  ["↑ ↓ in the table", "from run to run; Space leaves one out or takes it in"],
  ["o", "open a file"],
  ["t", "light or dark"],
  ["?", "this page"],
];

export function Help({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-xl border border-line bg-raised p-5 shadow-2xl outline-none">
          <Dialog.Title className="mb-3 text-[15px] font-semibold">Keys, and the picture</Dialog.Title>
          <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5">
            {keys.map(([key, meaning]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd className="rounded border border-line bg-ground px-1.5 py-0.5 font-mono text-xs">
                    {key}
                  </kbd>
                </dt>
                <dd className="text-muted">{meaning}</dd>
              </div>
            ))}
          </dl>
          <Dialog.Description className="mt-4 text-muted">
            In the picture, a click on a run leaves it out or takes it in, a rectangle does so with many, and
            the dashed line is the budget: drag it. The law is refitted each time, and the intervals follow.
          </Dialog.Description>
          <div className="mt-4 text-right">
            <Dialog.Close className={buttonLook("plain")}>Close</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** A figure of the folder, as large as the window lets it. */
export function Viewer() {
  const viewed = useStudio((state) => state.viewed);
  return (
    <Dialog.Root open={viewed !== null} onOpenChange={(open) => !open && show({ viewed: null })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[92vh] w-[min(56rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-xl border border-line bg-surface p-4 shadow-2xl outline-none">
          <div className="mb-2 flex items-center gap-2">
            <Dialog.Title className="mr-auto text-muted">{viewed?.name}</Dialog.Title>
            {viewed && <ExportMenu figure={viewed.figure} name={viewed.name.replace(/\.json$/, "")} />}
            <Dialog.Close className={buttonLook("plain")}>Close</Dialog.Close>
          </div>
          {viewed && <FigureView figure={viewed.figure} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
