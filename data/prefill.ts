/** The roles that generated postings draw from, with the answers that the embedded model gives. */
import { read } from "../resources/EmbeddedSeniorityModel.ts"
import type { Entry } from "../resources/RoleCache.ts"
import type { Seniority } from "../resources/Seniority.ts"
import { role } from "./postings.ts"

/** The first so many roles of a seed, some thousand at a time. */
export function* entries(count: number, seed: number): Generator<ReadonlyArray<Entry>> {
  // Titles are few, and reading one takes longer than finding it.
  const answers = new Map<string, Seniority>()
  const answer = (title: string): Seniority => {
    const known = answers.get(title) ?? read(title)
    answers.set(title, known)
    return known
  }
  for (let start = 0; start < count; start += atOnce) {
    yield Array.from({ length: Math.min(atOnce, count - start) }, (_, index) => {
      const { company, title } = role(seed, start + index)
      return { company, title, seniority: answer(title) }
    })
  }
}

const atOnce = 20_000
