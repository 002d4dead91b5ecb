import { useQuery } from "@tanstack/react-query";
import { pickFile } from "./files.ts";
import { openFile, openNamed } from "./open.ts";
import { Button, Icon, type IconName } from "./parts.tsx";
import { getWorkspace, type WorkspaceFile } from "./server.ts";
import { useStudio } from "./store.ts";

const kinds: readonly { kind: WorkspaceFile["kind"]; title: string; icon: IconName }[] = [
  { kind: "runs", title: "Runs", icon: "table" },
  { kind: "sweep", title: "Sweeps", icon: "sweep" },
  { kind: "fit", title: "Fits", icon: "fit" },
  { kind: "plan", title: "Plans", icon: "plan" },
  { kind: "comparison", title: "Comparisons", icon: "file" },
  { kind: "diagnosis", title: "Diagnoses", icon: "file" },
  { kind: "report", title: "Reports", icon: "file" },
  { kind: "figure", title: "Figures", icon: "file" },
];

/** The folder, by what its files are. */
export function Sidebar({ onOpened }: { onOpened: () => void }) {
  const open = useStudio((state) => state.sweep ?? state.opened?.name ?? null);
  const { data, error, isPending } = useQuery({
    queryKey: ["workspace"],
    queryFn: getWorkspace,
    refetchInterval: 5000,
    retry: 1,
  });
  return (
    <nav aria-label="Files" className="flex h-full flex-col">
      <div className="flex items-center justify-between gap-2 px-3 pt-3 pb-1">
        <p className="truncate text-xs text-muted" title={data?.folder}>
          {data?.folder.split("/").filter(Boolean).at(-1) ?? "files"}
        </p>
        <Button
          look="quiet"
          icon="open"
          className="!h-7"
          onClick={async () => {
            const file = await pickFile(".csv,.tsv,.json,.jsonl,.ndjson");
            if (file) await openFile(file);
            onOpened();
          }}
        >
          Open…
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-auto px-2 pb-3">
        {isPending && (
          <div className="space-y-2 p-2" aria-busy="true">
            <div className="skeleton h-4 w-3/4" />
            <div className="skeleton h-4 w-2/3" />
            <div className="skeleton h-4 w-4/5" />
          </div>
        )}
        {error && !data && (
          <p className="p-2 text-muted">
            No folder is open here: {error.message}. Drop a file anywhere instead.
          </p>
        )}
        {data?.files.every(({ kind }) => kind === "other") && (
          <p className="p-2 text-muted">The folder holds no runs yet. Drop a CSV anywhere on this page.</p>
        )}
        {data &&
          kinds.map(({ kind, title, icon }) => {
            const files = data.files.filter((file) => file.kind === kind);
            if (files.length === 0) return null;
            return (
              <div key={kind} className="mt-2">
                <p className="px-2 py-1 text-[11px] font-semibold tracking-wider text-muted uppercase">
                  {title}
                </p>
                <ul>
                  {files.map(({ name, bytes }) => (
                    <li key={name}>
                      <button
                        type="button"
                        aria-current={open === name}
                        title={`${name}, ${Math.max(1, Math.round(bytes / 1024))} kB`}
                        className={`flex w-full cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-left ${open === name ? "bg-accent-soft font-semibold text-accent" : "hover:bg-ground"}`}
                        onClick={async () => {
                          await openNamed(name, kind);
                          onOpened();
                        }}
                      >
                        <Icon name={icon} size={14} />
                        <span className="truncate">
                          {name === "@" ? data.folder.split("/").at(-1) : name}
                        </span>
                      </button>
                    </li>
                  ))}
                </ul>
              </div>
            );
          })}
      </div>
    </nav>
  );
}
