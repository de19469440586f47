/**
 * Kills the processes of a run that ended without a word.
 *
 * A process in an endless loop does not notice that its parent is gone, and Node
 * cannot ask the kernel to end it then. So a shell, of a few hundred kilobytes,
 * waits for the end of what it reads from the run: it comes whatever ended it.
 */
import { type ChildProcess, spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as ProcessGroup from "./ProcessGroup.ts"

export interface Guardian {
  /** Guards the group of a process until it is released. */
  readonly guard: (leader: number) => void
  readonly release: (leader: number) => void
}

/** Guards processes whose mark begins with this word; it is started with the first. */
export const make = (marked: string): Effect.Effect<Guardian, never, Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      let shell: ChildProcess | undefined
      const tell = (word: string) => {
        shell ??= start(marked)
        shell.stdin!.write(`${word}\n`)
      }
      return {
        guard: (leader: number) => tell(`+ ${leader}`),
        release: (leader: number) => tell(`- ${leader}`),
        end: () => {
          if (shell !== undefined) shell.stdin!.end()
        }
      }
    }),
    ({ end }) => Effect.sync(end)
  )

const start = (marked: string): ChildProcess => {
  const words = ["-c", script, "strata", `${ProcessGroup.mark}=${marked}`]
  const shell = spawn("/bin/sh", words, { detached: true, stdio: ["pipe", "ignore", "ignore"], env: {} })
  // Without a shell there is no guard; the run itself does not depend on it.
  shell.on("error", () => {})
  shell.stdin.on("error", () => {})
  shell.unref()
  return shell
}

const script = `
trap '' HUP INT TERM
guarded=' '
while read -r word pid; do
  case $word in
    +) guarded="$guarded$pid " ;;
    -) guarded="\${guarded%% $pid *} \${guarded#* $pid }" ;;
  esac
done
[ -z "$(echo $guarded)" ] && exit
for pid in $guarded; do kill -s KILL -- "-$pid"; done
for path in $(PATH=/bin:/usr/bin grep -als "$1" /proc/[0-9]*/environ); do
  pid=\${path#/proc/}
  kill -s KILL "\${pid%/environ}"
done
`
