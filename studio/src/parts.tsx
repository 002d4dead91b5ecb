import type { ButtonHTMLAttributes, ReactNode } from "react";

/** The studio's own icons: strokes on a grid of 16. */
const paths = {
  undo: "M6 3 3 6l3 3M3 6h6a4 4 0 0 1 0 8H7",
  redo: "m10 3 3 3-3 3M13 6H7a4 4 0 0 0 0 8h2",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z",
  file: "M4 1.5h5l3.5 3.5v9.5h-8.5zM9 1.5V5h3.5",
  table: "M2 3h12v10H2zM2 6.5h12M2 10h12M6.5 3v10",
  sweep: "M2 13h2.5V9H2zM6.75 13h2.5V6h-2.5zM11.5 13H14V3h-2.5z",
  fit: "M2 2v12h12M4 4c1 6 4 7.5 9 8",
  plan: "M8 14.5c3-4 4.5-6 4.5-8.3a4.5 4.5 0 0 0-9 0c0 2.300 1.500 4.300 4.500 8.300ZM8 4.700v3M6.500 6.200h3",
  open: "M2 13V3.500h4l1.500 2H14V13z",
  share:
    "M6.500 9.500 9.500 6.500M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500 7.500 13A3 3 0 0 1 3 8.500L4.500 7",
  save: "M8 2v8M4.500 7 8 10.500 11.500 7M2.500 13.500h11",
  help: "M6 6a2 2 0 1 1 2.700 1.900c-.5.2-.7.600-.7 1.100v.500M8 12v.100M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13Z",
  close: "m4 4 8 8M12 4l-8 8",
  menu: "M2 4h12M2 8h12M2 12h12",
  play: "M4 2.500 13 8l-9 5.500z",
  pause: "M5 3v10M11 3v10",
  stop: "M3.500 3.500h9v9h-9z",
  down: "m4 6 4 4 4-4",
  warn: "M8 2 15 14H1zM8 6.500v3.500M8 12v.100",
  check: "m3 8.500 3.500 3.500L13 4.500",
  search: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9ZM10.500 10.500 14 14",
  next: "M3 8h10M9 4l4 4-4 4",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 15 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" className="shrink-0">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

const looks = {
  plain: "border border-line bg-surface text-ink hover:bg-ground",
  quiet: "text-muted hover:bg-ground hover:text-ink",
  strong: "bg-accent text-on-accent hover:opacity-90",
} as const;

export const buttonLook = (look: keyof typeof looks): string =>
  `inline-flex h-8 cursor-pointer items-center gap-1.5 rounded-md px-2.5 font-medium whitespace-nowrap disabled:cursor-default disabled:opacity-45 ${looks[look]}`;

export function Button({
  look = "plain",
  icon,
  children,
  className = "",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: keyof typeof looks;
  icon?: IconName;
  children?: ReactNode;
}) {
  return (
    <button type="button" className={`${buttonLook(look)} ${className}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="border-b border-line px-4 py-3.5 last:border-b-0">
      <div className="mb-2 flex items-center justify-between gap-2">
        <h2 className="text-[11px] font-semibold tracking-wider text-muted uppercase">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** A place where nothing is yet: what it is for and what to do. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 p-8 text-center text-muted">
      <span className="text-accent">
        <Icon name={icon} size={28} />
      </span>
      <p className="text-[15px] font-semibold text-ink">{title}</p>
      <div className="max-w-md">{children}</div>
    </div>
  );
}

/** What went wrong, in the library's own sentence, and what can be done about it. */
export function Trouble({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div role="alert" className="rounded-lg border border-bad/40 bg-bad-soft p-4">
      <p className="mb-1 flex items-center gap-2 font-semibold text-bad">
        <Icon name="warn" /> {title}
      </p>
      <p className="break-words">{text}</p>
      {children && <div className="mt-3 flex flex-wrap gap-2">{children}</div>}
    </div>
  );
}

const grades = {
  sound: { look: "text-good", name: "Sound" },
  caution: { look: "text-warn", name: "Use with caution" },
  "do-not-use": { look: "text-bad", name: "Do not use" },
} as const;

export function Verdict({ grade, sentence }: { grade: keyof typeof grades; sentence: string }) {
  const { look, name } = grades[grade];
  // most sentences begin with what the badge says
  const rest = sentence.startsWith(name) ? sentence.slice(name.length).replace(/^:? */, "") : sentence;
  return (
    <p>
      <span className={`mr-1.5 inline-flex items-center gap-1 font-semibold ${look}`}>
        <Icon name={grade === "sound" ? "check" : "warn"} size={13} />
        {name}
        {sentence.startsWith(`${name}:`) ? ":" : ""}
      </span>
      <span className="text-muted">{rest}</span>
    </p>
  );
}

export function ProgressBar({ share, label }: { share: number; label: string }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(100 * share)}
      aria-valuemin={0}
      aria-valuemax={100}
      className="h-1 overflow-hidden rounded-full bg-line"
    >
      <div
        className="h-full rounded-full bg-accent transition-[width] duration-150"
        style={{ width: `${100 * share}%` }}
      />
    </div>
  );
}
