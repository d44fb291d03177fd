// Abandoned calls against what a rule lets be lost, as sentences.
import { boot, say } from "../floor/page.js";

const percent = new Intl.NumberFormat(boot.tag, { style: "percent", maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat(boot.tag, { style: "percent", maximumFractionDigits: 2 });
const count = new Intl.NumberFormat(boot.tag, { maximumFractionDigits: 0 });

export const share = (of) => percent.format(of);

// whole is how many calls: there is no part of one.
const whole = (room) => Math.max(0, Math.floor(room));

// lost tells how many more may be.
export function lost({ room }) {
  const n = whole(room);
  return n === 0 ? say("wall.lose_none") : n === 1 ? say("wall.lose_one") : say("wall.lose", { n: count.format(n) });
}

// exactly tells what that is counted from.
export const exactly = ({ days, answered, abandoned, share: is, most, room }) => say("wall.ledger_exactly", { time: days, n: count.format(answered), of: count.format(abandoned), name: fine.format(is), amount: fine.format(most), key: count.format(whole(room)) });
