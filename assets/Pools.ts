/** What bodies of this project share, beside the machine: permits by the name that assets give in `needs`. */

/** Steps that may ask for seniorities at once; while these wait for the model, they lend their jobs to others. */
export const pools = { seniority: 4 }
