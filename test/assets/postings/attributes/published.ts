/** Reference files as they are published, with more columns than are needed. */
export const published: Readonly<Record<string, ReadonlyArray<string>>> = {
  "onet/Occupation Data.txt": [
    "O*NET-SOC Code\tTitle\tDescription",
    "11-1011.00\tChief Executives\tThey decide.",
    "35-1011.00\tChefs and Head Cooks\tThey cook."
  ],
  "onet/alternate_titles.txt": [
    "O*NET-SOC Code\tAlternate Title\tShort Title\tSource(s)",
    "35-1011.00\tChief\tn/a\t08",
    "11-1011.00\tChief\tn/a\t08",
    "35-1011.00\tChief Executives\tn/a\t08",
    "35-1011.00\tR & D Cook\tn/a\t08"
  ],
  "onet/technology_skills.txt": [
    "O*NET-SOC Code\tExample\tCommodity Code\tCommodity Title",
    "11-1011.00\tC\t1\tLanguages",
    "11-1011.00\tC++\t1\tLanguages",
    "11-1011.00\tMicrosoft Word\t2\tOffice",
    "35-1011.00\tWriting\t2\tOffice",
    "35-1011.00\tStructured query language SQL\t3\tDatabases"
  ],
  "onet/skills.tsv": ["Element ID\tElement Name", "2.A.1.c\tWriting", "2.A.1.c\tWriting"],
  "geo/us_cities.csv": [
    "ID,STATE_CODE,STATE_NAME,CITY,COUNTY,LATITUDE",
    '1,OR,Oregon,Portland,Clackamas,"45,4"',
    "2,OR,Oregon,Portland,Multnomah,45",
    "3,MO,Missouri,Saint Louis,Saint Louis City,38",
    "4,VA,Virginia,Radford,Radford,37",
    "5,OR,Oregon,Burns,Harney,43",
    '6,ID,Idaho,Boise,"",43',
    "7,ID,Idaho,Boise,,43",
    "8,ID,Idaho,Boise,Ada,43"
  ],
  "geo/cbsa2fipsxw.csv": [
    "cbsacode,csacode,cbsatitle,countycountyequivalent,statename",
    '38900,,"Portland-Vancouver-Hillsboro, OR-WA",Clackamas County,Oregon',
    '41180,476,"St. Louis, MO-IL",St. Louis city,Missouri',
    '14260,147,"Boise City, ID",Ada County,Idaho',
    '13980,,"Blacksburg-Christiansburg, VA",Radford city,Virginia'
  ]
}

/** A file of these lines, written as others write them. */
export const text = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\r\n`).join("")
