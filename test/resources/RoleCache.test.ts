import { describe } from "@effect/vitest"
import { layerMemory } from "../../resources/RoleCache.ts"
import { roleCacheSuite } from "../suites/roleCache.ts"

describe("the role cache in memory", () => roleCacheSuite(layerMemory))
