import type { Outcome, Run } from "../../tools/command.ts";

/** A simulated machine: it answers commands that begin with one of `answers`, no others, and records what it ran. */
export function machine(answers: Readonly<Record<string, Partial<Outcome>>>): { run: Run; ran: string[] } {
  const ran: string[] = [];
  const run: Run = (command) => {
    const line = command.join(" ");
    ran.push(line);
    const known = Object.keys(answers).find((beginning) => line.startsWith(beginning));
    const answer = known === undefined ? { code: 127 } : answers[known];
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...answer });
  };
  return { run, ran };
}
