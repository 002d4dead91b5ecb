/** Everything the command line touches, so that a test can hand it another world. */
export interface World {
  /** The text on standard input, read to its end. */
  readonly stdin: () => Promise<string>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks a person and returns their line; absent where nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string>;
  /** Calls `stop` at the first Ctrl-C (the second ends the process); returns what takes that back. */
  readonly onInterrupt?: (stop: () => void) => () => void;
}

/** Where text goes; a terminal gets colours. */
interface Sink {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
}
