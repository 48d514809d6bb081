// The difference of two texts, by words or by lines (Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1986).

const MAX_EDITS = 1000;
const MAX_PIECES = 20000;

/** Words, spaces and single other characters; together they are the text. */
export const words = (text) => text.match(/[\p{L}\p{N}_]+|\s+|[^]/gu) ?? [];

/** Lines with their ends; together they are the text. */
export const lines = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/**
 * What two texts share and what only one of them has: [{ kind: 'same' | 'removed' | 'added', text }]. The texts of 'same' and 'removed'
 * are the first text, those of 'same' and 'added' the second. Null where the texts differ in too much to be worth marking.
 */
export function difference(first, second, split = words) {
  const [one, other] = [split(first), split(second)];
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start++;
  let end = 0;
  while (end < one.length - start && end < other.length - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const edits = shortestEdits(one.slice(start, one.length - end), other.slice(start, other.length - end));
  if (edits === null) return null;
  return joined([...one.slice(0, start).map((text) => ({ kind: 'same', text })), ...edits, ...one.slice(one.length - end).map((text) => ({ kind: 'same', text }))]);
}

function shortestEdits(one, other) {
  if (one.length + other.length > MAX_PIECES) return null;
  const most = Math.min(one.length + other.length, MAX_EDITS);
  const reach = new Int32Array(2 * most + 3); // How far each diagonal comes.
  const trace = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(reach.slice(most + 1 - edits - 1, most + 1 + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = most + 1 + diagonal;
      let x = diagonal === -edits || (diagonal !== edits && reach[at - 1] < reach[at + 1]) ? reach[at + 1] : reach[at - 1] + 1;
      while (x < one.length && x - diagonal < other.length && one[x] === other[x - diagonal]) x++;
      reach[at] = x;
      if (x >= one.length && x - diagonal >= other.length) return traced(one, other, trace, edits);
    }
  }
  return null;
}

/** The edits, from the last to the first. */
function traced(one, other, trace, count) {
  const edits = [];
  let [x, y] = [one.length, other.length];
  for (let step = count; step >= 0; step--) {
    const reach = (diagonal) => trace[step][diagonal + step + 1];
    const diagonal = x - y;
    const isAdded = diagonal === -step || (diagonal !== step && reach(diagonal - 1) < reach(diagonal + 1));
    const from = step === 0 ? 0 : isAdded ? reach(diagonal + 1) : reach(diagonal - 1);
    const fromY = step === 0 ? 0 : from - (isAdded ? diagonal + 1 : diagonal - 1);
    while (x > from && y > fromY) {
      edits.push({ kind: 'same', text: one[--x] });
      y--;
    }
    if (step > 0) edits.push(isAdded ? { kind: 'added', text: other[--y] } : { kind: 'removed', text: one[--x] });
  }
  return edits.reverse();
}

function joined(pieces) {
  const runs = [];
  for (const { kind, text } of pieces) {
    if (runs.at(-1)?.kind === kind) runs.at(-1).text += text;
    else runs.push({ kind, text });
  }
  return runs;
}
