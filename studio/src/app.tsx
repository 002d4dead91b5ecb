import { useQuery } from "@tanstack/react-query";
import { colourIn, themes } from "isoflop/figures";
import { useEffect, useState } from "react";
import { CompareView } from "./compare-view.tsx";
import { Explore } from "./explore.tsx";
import { pickFile } from "./files.ts";
import { Help, SaveMenu, ShareButton, Viewer } from "./menus.tsx";
import { openFile, openNamed, openSweepRuns, runsOfSweep } from "./open.ts";
import { Button, Icon, Trouble } from "./parts.tsx";
import { ReportView } from "./report-view.tsx";
import { getWorkspace } from "./server.ts";
import { Sidebar } from "./sidebar.tsx";
import {
  budgetOf,
  decide,
  endGesture,
  readAddress,
  redoOnce,
  type State,
  say,
  show,
  type Tab,
  undoOnce,
  useStudio,
} from "./store.ts";
import { SweepView } from "./sweep-view.tsx";
import { setTheme, useTheme } from "./theme.ts";
import { TrustView } from "./trust-view.tsx";

const tabs: readonly { tab: Tab; title: string }[] = [
  { tab: "explore", title: "Explore" },
  { tab: "compare", title: "Compare" },
  { tab: "trust", title: "Trust" },
  { tab: "report", title: "Report" },
  { tab: "sweep", title: "Sweep" },
];

const pictures: readonly State["figure"][] = [
  "compute",
  "isoflop",
  "allocation",
  "surface",
  "residuals",
  "draws",
  "ladder",
];

export function App() {
  const opened = useStudio((state) => state.opened);
  const opening = useStudio((state) => state.opening);
  const openError = useStudio((state) => state.openError);
  const tab = useStudio((state) => state.tab);
  const sweep = useStudio((state) => state.sweep);
  const notice = useStudio((state) => state.notice);
  const [help, setHelp] = useState(false);
  const [files, setFiles] = useState(false);
  const dropping = useDrops();
  useAddress();
  useKeys(setHelp);

  return (
    <div className="flex h-full flex-col">
      <Header onFiles={() => setFiles(!files)} onHelp={() => setHelp(true)} />
      <div className="flex min-h-0 flex-1">
        <div
          className={`w-56 shrink-0 border-r border-line bg-surface ${files ? "absolute top-12 bottom-0 left-0 z-30 block shadow-2xl" : "hidden"} xl:static xl:block xl:shadow-none`}
        >
          <Sidebar onOpened={() => setFiles(false)} />
        </div>
        <main className="flex min-w-0 flex-1 flex-col overflow-hidden">
          {openError && (
            <div className="p-4 pb-0">
              <Trouble title={`${openError.name} cannot be opened`} text={openError.message}>
                <Button onClick={() => show({ openError: null })}>Close</Button>
              </Trouble>
            </div>
          )}
          {opening !== null ? (
            <div className="space-y-3 p-4" aria-busy="true" aria-label={`Reading ${opening}`}>
              <div className="skeleton h-9 w-64" />
              <div className="skeleton h-96" />
            </div>
          ) : tab === "sweep" && sweep !== null ? (
            <SweepView key={sweep} name={sweep} />
          ) : !opened ? (
            <Welcome />
          ) : tab === "compare" ? (
            <div className="min-h-0 flex-1 overflow-auto">
              <CompareView key={opened.name} opened={opened} />
            </div>
          ) : tab === "report" ? (
            <ReportView opened={opened} />
          ) : tab === "trust" ? (
            <div className="min-h-0 flex-1 overflow-auto">
              <TrustView />
            </div>
          ) : (
            <Explore opened={opened} />
          )}
        </main>
      </div>
      {dropping && (
        <div className="pointer-events-none fixed inset-3 z-50 flex items-center justify-center rounded-2xl border-2 border-dashed border-accent bg-accent-soft/90 text-lg font-semibold text-accent">
          Drop runs here: CSV, TSV, JSON lines
        </div>
      )}
      <div aria-live="polite" className="fixed bottom-4 left-1/2 z-50 -translate-x-1/2">
        {notice && (
          <p
            className={`rounded-lg border bg-raised px-4 py-2.5 font-medium shadow-xl ${notice.kind === "failed" ? "border-bad/50 text-bad" : "border-line"}`}
          >
            {notice.text}
          </p>
        )}
      </div>
      <Help open={help} onOpenChange={setHelp} />
      <Viewer />
    </div>
  );
}

function Header({ onFiles, onHelp }: { onFiles: () => void; onHelp: () => void }) {
  const opened = useStudio((state) => state.opened);
  const tab = useStudio((state) => state.tab);
  const sweep = useStudio((state) => state.sweep);
  const canUndo = useStudio((state) => state.history.past.length > 0);
  const canRedo = useStudio((state) => state.history.future.length > 0);
  const theme = useTheme();
  return (
    <header className="relative z-20 flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-3">
      <Button look="quiet" icon="menu" aria-label="Files" className="xl:!hidden" onClick={onFiles} />
      <span className="flex items-center gap-2 text-[15px] font-bold tracking-tight">
        <img src="./icon.svg" alt="" width={22} height={22} />
        <h1 className="max-sm:sr-only">isoflop</h1>
      </span>
      <span className="mx-2 max-w-40 truncate text-muted max-lg:hidden" title={opened?.name}>
        {opened?.name}
      </span>
      <nav aria-label="Views" className="flex gap-0.5">
        {tabs
          .filter(({ tab }) => (tab === "sweep" ? sweep !== null : true))
          .map((entry) => (
            <button
              key={entry.tab}
              type="button"
              aria-current={tab === entry.tab ? "page" : undefined}
              disabled={entry.tab !== "sweep" && !opened}
              className={`cursor-pointer rounded-md px-3 py-1.5 disabled:cursor-default disabled:opacity-40 ${tab === entry.tab ? "bg-ground font-semibold text-ink" : "text-muted hover:text-ink"}`}
              onClick={() => show({ tab: entry.tab })}
            >
              {entry.title}
            </button>
          ))}
      </nav>
      <div className="ml-auto flex items-center gap-1.5">
        <Button
          look="quiet"
          icon="undo"
          aria-label="Undo"
          title="Undo (Ctrl Z)"
          disabled={!canUndo}
          onClick={undoOnce}
        />
        <Button
          look="quiet"
          icon="redo"
          aria-label="Redo"
          title="Redo (Ctrl Shift Z)"
          disabled={!canRedo}
          onClick={redoOnce}
        />
        <Button
          look="quiet"
          icon={theme === "dark" ? "sun" : "moon"}
          aria-label={theme === "dark" ? "Light" : "Dark"}
          title="Light or dark (t)"
          onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
        />
        <Button look="quiet" icon="help" aria-label="Keys" title="Keys (?)" onClick={onHelp} />
        {opened && (
          <>
            <ShareButton />
            <SaveMenu />
          </>
        )}
      </div>
    </header>
  );
}

/** What is seen first: what the studio is for, and the folder's runs a click away. */
function Welcome() {
  const { data } = useQuery({ queryKey: ["workspace"], queryFn: getWorkspace, retry: 1 });
  const files = (data?.files ?? []).filter(({ kind }) => kind === "runs" || kind === "sweep").slice(0, 6);
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="mx-auto flex min-h-full max-w-3xl flex-col justify-center gap-7 p-8">
        <div className="flex flex-wrap items-center gap-8">
          <div className="min-w-72 flex-1">
            <h2 className="text-[26px] leading-8 font-bold tracking-tight">
              From training runs to a decision
            </h2>
            <p className="mt-2 text-[14px] text-muted">
              Open runs with their parameters, tokens and losses. A law is fitted at once, says how far it can
              be trusted, and how large a model your budget is worth.
            </p>
            <div className="mt-4 flex flex-wrap items-center gap-3">
              <Button
                look="strong"
                icon="open"
                onClick={async () => {
                  const file = await pickFile(".csv,.tsv,.json,.jsonl,.ndjson");
                  if (file) await openFile(file);
                }}
              >
                Open runs…
              </Button>
              <span className="text-muted">or drop a file anywhere</span>
            </div>
          </div>
          <Curves />
        </div>
        {files.length > 0 && (
          <section aria-label="In this folder">
            <h3 className="mb-2 text-[11px] font-semibold tracking-wider text-muted uppercase">
              In this folder
            </h3>
            <ul className="grid gap-2 sm:grid-cols-2">
              {files.map(({ name, kind, modified }) => (
                <li key={name}>
                  <button
                    type="button"
                    className="flex w-full cursor-pointer items-center gap-3 rounded-lg border border-line bg-surface px-3.5 py-2.5 text-left hover:border-accent"
                    onClick={() => void openNamed(name, kind)}
                  >
                    <span className="text-accent">
                      <Icon name={kind === "sweep" ? "sweep" : "table"} size={17} />
                    </span>
                    <span className="min-w-0">
                      <span className="block truncate font-semibold">
                        {name === "@" ? data?.folder.split("/").at(-1) : name}
                      </span>
                      <span className="block text-xs text-muted">
                        {kind === "sweep" ? "a sweep" : "runs"},{" "}
                        {new Date(modified).toLocaleDateString("en", { day: "numeric", month: "long" })}
                      </span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section aria-label="What a file looks like" className="text-muted">
          <h3 className="mb-2 text-[11px] font-semibold tracking-wider uppercase">What a file looks like</h3>
          <pre className="w-fit rounded-lg border border-line bg-surface px-4 py-3 font-mono text-xs text-ink">
            {"params,tokens,loss\n70M,1.4B,3.31\n160M,3.2B,2.97\n410M,8.2B,2.62"}
          </pre>
        </section>
      </div>
    </div>
  );
}

/** IsoFLOP curves and the way through their lowest points. */
function Curves() {
  const theme = useTheme();
  const bowls = [0, 1, 2, 3, 4].map((i) => ({ x: 52 + 34 * i, y: 52 + 24 * i - 2.4 * i * i, width: 46 }));
  return (
    <svg width="250" height="170" viewBox="0 0 250 170" aria-hidden="true" className="shrink-0">
      <path d="M22 8v146h220" fill="none" stroke="var(--line)" strokeWidth="1.5" />
      {bowls.map(({ x, y, width }, i) => (
        <g key={x} style={{ color: colourIn(themes[theme], { ramp: i / 4 }) }}>
          <path
            d={`M${x - width / 2} ${y - 22}Q${x} ${y + 22} ${x + width / 2} ${y - 22}`}
            fill="none"
            stroke="currentColor"
            strokeWidth="2.2"
            strokeLinecap="round"
          />
          <circle cx={x} cy={y} r="4" fill="currentColor" />
        </g>
      ))}
      <path
        d={`M${bowls.map(({ x, y }) => `${x} ${y}`).join("L")}l34 8`}
        fill="none"
        stroke="var(--ink)"
        strokeWidth="1.4"
        strokeDasharray="4 4"
        opacity="0.7"
      />
    </svg>
  );
}

/** Opens what the address says, and what another one says that is put in its place. */
function useAddress(): void {
  useEffect(() => {
    void openAddress();
    const onChange = (): void => void openAddress();
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
}

async function openAddress(): Promise<void> {
  const document = readAddress();
  if (document?.source == null) return;
  const { source } = document;
  const files = await getWorkspace().then(
    (workspace) => workspace.files,
    () => null,
  );
  if (files === null) return; // the side says that no folder is open
  const sweep = files.find(({ name, kind }) => kind === "sweep" && runsOfSweep(name) === source);
  if (files.some(({ name }) => name === source)) await openNamed(source, "runs", document);
  else if (sweep) await openSweepRuns(sweep.name, document);
  else say(`this view is of ${source}, which is not in the folder: open that file to see it`, "failed");
}

/** Files are dropped anywhere; true while one hovers over the page. */
function useDrops(): boolean {
  const [dropping, setDropping] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setDropping(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDropping(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setDropping(false);
      const file = event.dataTransfer?.files[0];
      if (file) void openFile(file);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return dropping;
}

function useKeys(setHelp: (open: boolean) => void): void {
  const flops = useStudio(budgetOf);
  const figure = useStudio((state) => state.figure);
  const theme = useTheme();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { target } = event;
      const typing =
        target instanceof HTMLElement &&
        (target.matches("input:not([type=checkbox], [type=range]), textarea, select") ||
          target.isContentEditable);
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) {
        event.preventDefault();
        if (event.shiftKey) redoOnce();
        else undoOnce();
        return;
      }
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const { key } = event;
      const tab = tabs[Number(key) - 1];
      if (tab) show({ tab: tab.tab });
      else if (key === "f") show({ figure: pictures[(pictures.indexOf(figure) + 1) % pictures.length]! });
      else if ((key === "[" || key === "]") && flops !== null) {
        decide({ flops: Number((flops * (key === "]" ? 1.25 : 0.8)).toPrecision(3)) }, "budget");
        endGestureSoon();
      } else if (key === "/") {
        event.preventDefault();
        document.querySelector<HTMLInputElement>("input[aria-label='Filter runs']")?.focus();
      } else if (key === "t") setTheme(theme === "dark" ? "light" : "dark");
      else if (key === "o")
        void pickFile(".csv,.tsv,.json,.jsonl,.ndjson").then((file) => file && openFile(file));
      else if (key === "?") setHelp(true);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [flops, figure, theme, setHelp]);
}

let gestureTimer: ReturnType<typeof setTimeout> | undefined;

/** Keys pressed one after the other are one step. */
function endGestureSoon(): void {
  clearTimeout(gestureTimer);
  gestureTimer = setTimeout(endGesture, 800);
}
