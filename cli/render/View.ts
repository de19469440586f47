/**
 * Whom a printer prints for: a person at a terminal, or a pipe.
 */
export interface View {
  /** A person gets symbols, aligned tables and "2 minutes ago"; a pipe gets tabs and ISO times. */
  readonly tty: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Lines of the terminal, where they are known. */
  readonly height?: number
  readonly color: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The settings that terminals are told by. */
export interface Settings {
  readonly NO_COLOR?: string | undefined
  readonly FORCE_COLOR?: string | undefined
  readonly TERM?: string | undefined
}

export const viewOf = (
  stream: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number },
  { FORCE_COLOR = "", NO_COLOR = "", TERM }: Settings,
  now: number
): View => {
  const tty = stream.isTTY === true
  const isWanted = (FORCE_COLOR !== "" && FORCE_COLOR !== "0") || (tty && TERM !== "dumb")
  return {
    tty,
    width: (tty && stream.columns) || 80,
    ...(tty && stream.rows ? { height: stream.rows } : {}),
    color: NO_COLOR === "" && isWanted,
    now
  }
}
