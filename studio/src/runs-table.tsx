import { useVirtualizer } from "@tanstack/react-virtual";
import { formatIn } from "isoflop/figures";
import { quantityInfo } from "isoflop/laws";
import { type Table, where } from "isoflop/runs";
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Icon } from "./parts.tsx";
import { documentOf, exclude, type Fitted, include, type Opened, show, useStudio } from "./store.ts";

interface Column {
  readonly key: string;
  /** Of the table itself, and no quantity of the law. */
  readonly label?: true;
  readonly title: string;
  readonly hint: string;
  readonly numeric: boolean;
  readonly value: (row: number) => number | string | null;
  readonly text: (row: number) => string;
}

const names: Readonly<Record<string, string>> = {
  params: "N",
  tokens: "D",
  flops: "C",
  tokensPerParam: "D/N",
  loss: "Loss",
};

/** Columns of quantities in the law's eyes, then what else the table says. */
function columnsOf(opened: Opened, fitted: Fitted | null): Column[] {
  const { table } = opened;
  if (!fitted) return labelColumns(table, new Set());
  const { all, fit, observed, law } = fitted;
  const residual = new Map<number, number>();
  const { values } = fit.residuals;
  if (values)
    observed.lines.forEach((line, i) => {
      residual.set(line, values[i]!);
    });
  const logs = fit.objective.scale === "log";
  const unitOf = (quantity: string): string => quantityInfo(quantity)?.unit ?? "";
  const quantities = [...Object.keys(law.inputs), law.output].map((quantity): Column => {
    const column = all.columns[quantity]!;
    return {
      key: quantity,
      title: names[quantity] ?? quantity,
      hint: `${quantityInfo(quantity)?.meaning ?? quantity}${fit.data.mapping.find((entry) => entry.quantity === quantity)?.column ? `, from the column ${fit.data.mapping.find((entry) => entry.quantity === quantity)?.column}` : ""}`,
      numeric: true,
      value: (row) => column[row]!,
      text: (row) => formatIn(unitOf(quantity), column[row]!),
    };
  });
  const used = new Set(all.mapping.flatMap(({ column }) => column ?? []));
  return [
    ...quantities,
    {
      key: "residual",
      title: "Residual",
      hint: logs ? "prediction over truth, in percent" : "prediction − truth",
      numeric: true,
      value: (row) => residual.get(all.lines[row]!) ?? null,
      text: (row) => {
        const r = residual.get(all.lines[row]!);
        if (r === undefined) return "";
        return logs ? `${r < 0 ? "−" : "+"}${Math.abs(100 * Math.expm1(r)).toFixed(1)} %` : r.toPrecision(2);
      },
    },
    ...labelColumns(table, used, all.lines),
  ];
}

function labelColumns(table: Table, used: ReadonlySet<string>, lines: Int32Array | null = null): Column[] {
  const rowOf = lines && new Map(Array.from(table.lineNumbers, (line, row) => [line, row]));
  const at = (row: number): number => (rowOf ? rowOf.get(lines![row]!)! : row);
  return Object.entries(table.columns)
    .filter(([name]) => !used.has(name))
    .slice(0, 6)
    .map(([name, column]) => ({
      key: `column ${name}`,
      label: true,
      title: name,
      hint: `the column ${name}`,
      numeric: column instanceof Float64Array,
      value: (row) => column[at(row)]!,
      text: (row) => {
        const cell = column[at(row)]!;
        return typeof cell === "number" ? (Number.isNaN(cell) ? "" : formatIn("", cell)) : cell;
      },
    }));
}

const reasons: Column = {
  key: "reason",
  title: "Why left out",
  hint: "click into it to say why",
  numeric: false,
  value: () => null,
  text: () => "",
};

const widthOf = ({ key, numeric }: Column): string =>
  key === "reason" ? "minmax(160px,1.8fr)" : numeric ? "minmax(80px,1fr)" : "minmax(96px,1.4fr)";

const rowHeight = 28;

/** The runs: sorted, filtered, and left out or taken in with a click; ten thousand are as quick as ten. */
export function RunsTable({ opened }: { opened: Opened }) {
  const fitted = useStudio((state) => state.fitted);
  const excluded = useStudio((state) => documentOf(state).excluded);
  const hovered = useStudio((state) => state.hovered);
  const [sort, setSort] = useState<{ key: string; down: boolean } | null>(null);
  const [filter, setFilter] = useState("");
  const [cursor, setCursor] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const { table } = opened;
  const lines = fitted?.all.lines ?? table.lineNumbers;
  const outCount = Object.keys(excluded).length;
  const columns = useMemo(() => {
    const all = columnsOf(opened, fitted);
    if (outCount === 0) return all;
    const labels = all.findIndex(({ label }) => label);
    const place = labels < 0 ? all.length : labels;
    return [...all.slice(0, place), reasons, ...all.slice(place)];
  }, [opened, fitted, outCount]);

  const found = useMemo(() => filtered(table, filter), [table, filter]);
  const rows = useMemo(() => {
    const kept = Array.from(lines.keys()).filter(
      (row) => found.lines === null || found.lines.has(lines[row]!),
    );
    const column = columns.find(({ key }) => key === sort?.key);
    if (!column || !sort) return kept;
    const way = sort.down ? -1 : 1;
    const known = (row: number): number | string | null => {
      const value = column.value(row);
      return typeof value === "number" && Number.isNaN(value) ? null : value;
    };
    return kept.sort((a, b) => {
      const [x, y] = [known(a), known(b)];
      if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
      return x < y ? -way : x > y ? way : a - b;
    });
  }, [lines, columns, sort, found]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });

  const lineOfCursor = lines[rows[Math.min(cursor, rows.length - 1)] ?? 0];
  // a point in the picture brings its row into sight
  const pointed = useRef<number | null>(null);
  useEffect(() => {
    if (hovered === null || hovered === pointed.current) return;
    const place = rows.findIndex((row) => lines[row] === hovered);
    if (place >= 0) virtual.scrollToIndex(place, { align: "auto" });
  }, [hovered, rows, lines, virtual]);

  // a row that is pointed at in the table itself stays where it is
  const point = useCallback((line: number | null): void => {
    pointed.current = line;
    show({ hovered: line });
  }, []);
  const move = (to: number): void => {
    const place = Math.min(rows.length - 1, Math.max(0, to));
    setCursor(place);
    virtual.scrollToIndex(place);
    pointed.current = lines[rows[place]!]!;
    show({ hovered: pointed.current });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 12,
      PageUp: -12,
      Home: -1e9,
      End: 1e9,
    };
    if (steps[event.key] !== undefined) {
      event.preventDefault();
      move(cursor + steps[event.key]!);
    } else if ((event.key === " " || event.key === "x") && rows.length > 0 && lineOfCursor !== undefined) {
      event.preventDefault();
      toggle(lineOfCursor, excluded[lineOfCursor]);
    }
  };

  const shown = rows.map((row) => lines[row]!);
  const template = `40px 52px ${columns.map(widthOf).join(" ")}`;
  return (
    <section aria-label="Runs" className="flex h-full min-h-0 flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <label className="relative min-w-52 flex-1">
          <span className="absolute top-2 left-2 text-muted">
            <Icon name="search" size={14} />
          </span>
          <input
            type="text"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            placeholder="Filter: params>=70M, loss<3, or words"
            aria-label="Filter runs"
            className="h-8 w-full rounded-md border border-line bg-surface pr-2 pl-7 placeholder:text-muted"
          />
        </label>
        <span className="text-muted" aria-live="polite">
          {found.error ??
            `${rows.length.toLocaleString("en")} of ${lines.length.toLocaleString("en")} runs${outCount > 0 ? `, ${outCount} left out` : ""}`}
        </span>
        {filter !== "" && !found.error && rows.length > 0 && rows.length < lines.length && (
          <button
            type="button"
            className="cursor-pointer font-medium text-accent hover:underline"
            onClick={() => exclude(shown, `filter: ${filter}`)}
          >
            Leave these out
          </button>
        )}
        {outCount > 0 && (
          <button
            type="button"
            className="cursor-pointer font-medium text-accent hover:underline"
            onClick={() => include(Object.keys(excluded).map(Number))}
          >
            Take all in
          </button>
        )}
      </div>
      <div
        ref={scroller}
        className="min-h-0 flex-1 overflow-auto"
        role="grid"
        aria-label="Runs"
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div style={{ minWidth: 100 + columns.length * 88 }}>
          <div
            role="row"
            className="sticky top-0 z-[1] grid border-b border-line bg-surface text-xs text-muted"
            style={{ gridTemplateColumns: template }}
          >
            <span role="columnheader" className="px-2 py-1.5">
              <span className="sr-only">Used</span>
            </span>
            <span role="columnheader" className="px-2 py-1.5">
              Row
            </span>
            {columns.map(({ key, title, hint, numeric }) => (
              <span
                key={key}
                role="columnheader"
                aria-sort={sort?.key === key ? (sort.down ? "descending" : "ascending") : "none"}
                className={numeric ? "text-right" : ""}
              >
                <button
                  type="button"
                  title={hint}
                  tabIndex={-1}
                  className="w-full cursor-pointer truncate px-2 py-1.5 text-inherit hover:text-ink"
                  style={{ textAlign: numeric ? "right" : "left" }}
                  onClick={() =>
                    setSort((was) =>
                      was?.key !== key ? { key, down: false } : was.down ? null : { key, down: true },
                    )
                  }
                >
                  {title} {sort?.key === key ? (sort.down ? "↓" : "↑") : ""}
                </button>
              </span>
            ))}
          </div>
          <div className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index]!;
              const line = lines[row]!;
              return (
                <Row
                  key={line}
                  place={index}
                  start={start}
                  row={row}
                  line={line}
                  reason={excluded[line]}
                  lit={hovered === line}
                  columns={columns}
                  template={template}
                  onPoint={point}
                />
              );
            })}
          </div>
        </div>
      </div>
    </section>
  );
}

function toggle(line: number, reason: string | undefined): void {
  if (reason === undefined) exclude([line], "left out by hand");
  else include([line]);
}

interface RowProps {
  readonly place: number;
  readonly start: number;
  readonly row: number;
  readonly line: number;
  readonly reason: string | undefined;
  readonly lit: boolean;
  readonly columns: readonly Column[];
  readonly template: string;
  readonly onPoint: (line: number | null) => void;
}

const Row = memo(function Row({
  place,
  start,
  row,
  line,
  reason,
  lit,
  columns,
  template,
  onPoint,
}: RowProps) {
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      data-line={line}
      className={`absolute inset-x-0 grid items-center border-b border-line/60 ${lit ? "bg-accent-soft" : ""} ${reason === undefined ? "" : "text-muted"}`}
      style={{ transform: `translateY(${start}px)`, height: rowHeight, gridTemplateColumns: template }}
      onPointerEnter={() => onPoint(line)}
      onPointerLeave={() => onPoint(null)}
    >
      <span role="gridcell" className="flex justify-center">
        <input
          type="checkbox"
          checked={reason === undefined}
          aria-label={`Use row ${line}`}
          tabIndex={-1}
          className="size-3.5 cursor-pointer accent-(--accent)"
          onChange={() => toggle(line, reason)}
        />
      </span>
      <span role="gridcell" className="px-2 text-muted">
        {line}
      </span>
      {columns.map(({ key, numeric, text }) =>
        key === "reason" ? (
          <span key={key} role="gridcell" className="min-w-0 px-1">
            {reason !== undefined && <ReasonInput line={line} reason={reason} />}
          </span>
        ) : (
          <span
            key={key}
            role="gridcell"
            className={`truncate px-2 ${numeric ? "text-right" : ""} ${reason === undefined ? "" : "line-through decoration-muted/60"}`}
          >
            {text(row)}
          </span>
        ),
      )}
    </div>
  );
});

function ReasonInput({ line, reason }: { line: number; reason: string }) {
  return (
    <input
      key={reason}
      type="text"
      defaultValue={reason}
      aria-label={`Why row ${line} is left out`}
      className="h-6 w-full rounded border border-transparent bg-transparent px-1 hover:border-line focus:border-line focus:bg-surface"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
      }}
      onBlur={({ currentTarget: { value } }) => value !== reason && exclude([line], value)}
    />
  );
}

/** The lines that a filter keeps: conditions as the command line's --where, else rows with the words in them. */
function filtered(table: Table, filter: string): { lines: ReadonlySet<number> | null; error: string | null } {
  const text = filter.trim();
  if (text === "") return { lines: null, error: null };
  if (/[=<>]/.test(text)) {
    try {
      return { lines: new Set(where(table, text).table.lineNumbers), error: null };
    } catch (error) {
      return { lines: null, error: error instanceof Error ? error.message.split(";")[0]! : String(error) };
    }
  }
  const words = text.toLowerCase();
  const columns = Object.values(table.columns);
  const lines = Array.from(table.lineNumbers).filter((_, row) =>
    columns.some((column) => String(column[row]).toLowerCase().includes(words)),
  );
  return { lines: new Set(lines), error: null };
}
