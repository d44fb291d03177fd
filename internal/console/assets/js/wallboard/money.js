// Sums of money in whole millionths: a float would not come to the books' sum.
import { boot } from "../floor/page.js";

const micro = 6;

export function read(amount) {
  const [whole, part = ""] = amount.replace("-", "").split(".");
  const n = BigInt(whole + part.padEnd(micro, "0").slice(0, micro));
  return amount.startsWith("-") ? -n : n;
}

// add sums amounts by currency.
export function add(amounts) {
  const sums = new Map();
  for (const a of amounts) if (a?.currency) sums.set(a.currency, (sums.get(a.currency) ?? 0n) + read(a.amount));
  return sums;
}

// write gives an amount of millionths in the language of the page, with the decimals of
// its currency; what is smaller is rounded half up, as it is only looked at.
export function write(n, currency) {
  const format = new Intl.NumberFormat(boot.tag, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const digits = format.resolvedOptions().maximumFractionDigits;
  const unit = 10n ** BigInt(micro - digits);
  const rounded = (n + unit / 2n) / unit;
  const text = String(rounded).padStart(digits + 1, "0");
  return format.format(digits > 0 ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}
