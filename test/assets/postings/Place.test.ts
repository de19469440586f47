import { assert, describe, it } from "@effect/vitest"
import * as County from "../../../assets/postings/County.ts"
import * as Place from "../../../assets/postings/Place.ts"

const key = (location: string) => {
  const place = Place.parse(location)
  return place === undefined ? undefined : Place.key(place)
}

describe("a place", () => {
  it("is a city and a state, by its name or its two letters", () => {
    assert.strictEqual(key("Boise, ID"), "ID/boise")
    assert.strictEqual(key("boise,idaho"), "ID/boise")
    assert.strictEqual(key("Washington, District of Columbia"), "DC/washington")
    assert.strictEqual(key("Yigo, Guam"), "GU/yigo")
  })

  it("may be followed by a ZIP code or the country", () => {
    assert.strictEqual(key("Boise, ID 83702"), "ID/boise")
    assert.strictEqual(key("Boise, Idaho 83702-1234, U.S.A."), "ID/boise")
    assert.strictEqual(key("Boise, ID, United States"), "ID/boise")
  })

  it("has the city right before the state", () => {
    assert.strictEqual(key("Naval Base, Norfolk, Virginia"), "VA/norfolk")
  })

  it("may be a state without a city", () => {
    assert.strictEqual(key("Texas"), "TX/")
    assert.strictEqual(key(", TX"), "TX/")
  })

  it("is in no state that is none", () => {
    for (const location of ["", "Belgium, Belgium", "Remote", "Boise", "Boise, XX", ",", "United States"]) {
      assert.isUndefined(key(location), location)
    }
  })

  it("has a city in one form, however it is written", () => {
    const same = [
      ["St. Louis", "Saint Louis", "ST LOUIS", "st louis "],
      ["Fort Worth", "Ft. Worth"],
      ["Mayagüez", "Mayaguez"],
      ["Winston-Salem", "Winston Salem"],
      ["Coeur d'Alene", "Coeur dAlene"]
    ]
    for (const [first, ...others] of same) {
      for (const other of others) assert.strictEqual(Place.city(other), Place.city(first!))
    }
    assert.notStrictEqual(Place.city("Saints"), Place.city("Sts"))
  })
})

describe("a county", () => {
  it("has one form for what sources write differently", () => {
    assert.strictEqual(County.key("DeKalb County"), County.key("De Kalb"))
    assert.strictEqual(County.key("St. Louis city"), County.key("Saint Louis City"))
    assert.strictEqual(County.key("Doña Ana County"), County.key("Dona Ana"))
    assert.strictEqual(County.key("Juneau City and Borough"), County.key("Juneau"))
    assert.strictEqual(County.key("Bayamón Municipio"), County.key("Bayamon"))
    assert.strictEqual(County.key("Ste. Genevieve County"), County.key("Sainte Genevieve"))
  })

  it("is another one than the independent city of its name", () => {
    assert.notStrictEqual(County.key("Richmond city"), County.key("Richmond County"))
  })
})
