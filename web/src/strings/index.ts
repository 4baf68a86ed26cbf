/** The catalogue in force. Another language is another file with the same shape; direction follows the language. */

import { type Catalogue, en } from "./en";

export const s: Catalogue = en;
export { fill } from "../pure/format";
