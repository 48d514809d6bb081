// What a run's end means: its exit code, as the command line's, and whether that fails the build.
const CODES = { pass: 0, fail: 1, inconclusive: 2 };
const WORDS = { pass: "✓ Pass", fail: "✗ Fail", inconclusive: "? Inconclusive" };

/**
 * @returns {{ kind, code, fails, verdict, exitCode, title }}: kind is pass, fail, inconclusive or no-result. Only a verdict of a run that
 * has ended can pass.
 */
export function judge(run, failOn) {
  const ended = run.status === "Completed" || run.status === "Partial" || run.status === "Cancelled";
  const verdict = ended && Object.hasOwn(CODES, run.verdict ?? "") && (run.verdict !== "pass" || run.status === "Completed") ? run.verdict : null;
  const kind = verdict ?? (run.status === "Completed" ? "inconclusive" : "no-result");
  const code = verdict ? CODES[verdict] : kind === "inconclusive" ? 2 : 3;
  const fails = kind !== "pass" && failOn.includes(kind);
  const title = verdict ? WORDS[verdict] : run.status === "Completed" ? "Completed without a gate" : `No verdict: ${run.status}`;
  return { kind, code, fails, verdict, exitCode: fails ? code : 0, title };
}
