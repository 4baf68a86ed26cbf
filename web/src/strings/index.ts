/** The catalogue in force. Another language is another file with the same shape; direction follows the language. */

import { fill } from "../pure/format";
import { type Catalogue, en, type Forms, language } from "./en";

export const s: Catalogue = en;
export { fill };

const plural = new Intl.PluralRules(language);
const digits = new Intl.NumberFormat(language);

/** A sentence in the form its number asks for: "1 alarm", "2 alarms". {n} is the number. */
export const many = (forms: Forms, n: number, values: Record<string, string | number> = {}): string =>
  fill(forms[plural.select(n)] ?? forms.other, { n: digits.format(n), ...values });
