// What the lab on the learner's own model shows, worked out from its state and from the training so far. Pure.

import { judgement } from "../../frontend/kit/judgement.js";
import { learningWords } from "../../frontend/kit/locks.js";
import { count, fill, percent, scientific } from "../../frontend/kit/numbers.js";
import { same } from "../../frontend/kit/store.js";

/**
 * @typedef {object} Setting what decides a run
 * @property {readonly boolean[]} locked by block, from input to output
 * @property {number} learning_rate
 * @property {number} epochs
 *
 * @typedef {Setting & { guess: number | null }} State the guess is the validation accuracy after the run, in percent
 *
 * @typedef {object} Stage a run as part of a training, whose steps are counted since its start
 * @property {Setting} setting
 * @property {number} begins
 * @property {[number, number][]} accuracy step and share
 * @property {[number, number][]} losses step and loss
 *
 * @typedef {object} Training what Python says about it
 * @property {import("../../frontend/kit/run_card.js").Phase} phase
 * @property {{ setting: Setting, step: number, total: number, loss: number | null, outcome: string, guess: number | null } | null} run the newest
 * @property {Stage[]} stages since the start
 * @property {Stage[]} before the training that was given up for another one from the start
 * @property {number[] | null} drift by block
 *
 * @typedef {object} Data what the page gets once
 * @property {{ name: string, weights: number, total: number }[]} blocks how many weights learn if it is unfrozen, and all
 * @property {number} head how many weights of the head learn
 * @property {number} total all weights
 * @property {number[]} rates
 * @property {number} steps_per_epoch
 * @property {number} commonest the share of the commonest class
 * @property {any} table own_model.json
 */

/** @type {(keyof Setting)[]} */
const SETTING = ["locked", "learning_rate", "epochs"];
/** @type {(keyof State)[]} */
export const STATE = [...SETTING, "guess"];
/** @type {Training} */
export const UNTRAINED = { phase: "idle", run: null, stages: [], before: [], drift: null };

/** @param {Setting} one @param {Setting} other */
export function sameSetting(one, other) {
  return SETTING.every((name) => same(one[name], other[name]));
}

/**
 * A guess was about the setting before.
 * @param {State} before
 * @param {State} now
 * @returns {Partial<State>}
 */
export function follows(before, now) {
  return sameSetting(before, now) ? {} : { guess: null };
}

/** @param {any} words @param {number} epochs */
function inEpochs(words, epochs) {
  return epochs === 1 ? words.epoch : fill(words.epochs, { count: epochs });
}

/** @param {Data} data @param {Setting} setting */
function learning({ blocks }, { locked }) {
  return learningWords(locked, blocks.map(({ name }) => name));
}

/** @param {Data} data @param {Setting} setting */
export function stateLine(data, setting) {
  const { blocks, head, total, table } = data;
  const trainable = blocks.reduce((sum, { weights }, number) => sum + (setting.locked[number] ? 0 : weights), head);
  return fill(table.words.state, {
    learning: learning(data, setting),
    trainable: count(trainable),
    total: count(total),
    share: trainable * 100 < total ? "under 1%" : `${Math.floor((100 * trainable) / total)}%`,
    epochs: inEpochs(table.words, setting.epochs),
    rate: scientific(setting.learning_rate),
  });
}

/** A run in a few words. @param {Data} data @param {Stage} stage @param {number} number counted from 0 */
function stageWords(data, { setting }, number) {
  const { words } = data.table;
  return fill(words.stage, {
    number: number + 1,
    learning: learning(data, setting),
    epochs: inEpochs(words, setting.epochs),
    rate: scientific(setting.learning_rate),
  });
}

/** The step at which a training ends so far. @param {readonly Stage[]} stages */
function lastStep(stages) {
  return Math.max(0, ...stages.flatMap(({ begins, accuracy, losses }) => [begins, accuracy.at(-1)?.[0] ?? 0, losses.at(-1)?.[0] ?? 0]));
}

/** The smallest round number that is not below the largest loss; 1 without any. @param {readonly Stage[]} stages */
export function lossTop(stages) {
  const all = stages.flatMap(({ losses }) => losses.map(([, loss]) => loss));
  const largest = all.length ? Math.max(...all, 1e-3) : 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return ([1, 2, 4, 10].find((times) => times * power >= largest) ?? 10) * power;
}

/**
 * Everything that the page draws.
 * @param {Data} data
 * @param {State} state
 * @param {Training} training
 */
export function view(data, state, { phase, run, stages, before, drift }) {
  const { words, close } = data.table;
  const latest = stages.at(-1) ?? null;
  const first = latest?.accuracy[0] ?? null;
  const end = latest?.accuracy.at(-1) ?? null;
  const running = phase !== "idle";
  const about = run !== null && latest !== null && sameSetting(run.setting, state) && state.guess === run.guess;
  const judged = about && !running && run.outcome === "done" && run.guess !== null && end !== null;
  const coming = judged ? 0 : state.epochs * data.steps_per_epoch;
  const ahead = running && run && latest ? latest.begins + run.total : lastStep(stages) + coming;
  const top = lossTop([...stages, ...before]);
  /** @param {readonly Stage[]} of @param {"live" | "ghost"} kind */
  const accuracy = (of, kind) => line(words.accuracy, "target", kind, of.flatMap((stage) => stage.accuracy));
  /** @param {readonly Stage[]} of @param {"live" | "ghost"} kind */
  const losses = (of, kind) =>
    line(words.loss, "loss", kind, of.flatMap((stage) => stage.losses.map(([step, loss]) => /** @type {[number, number]} */ ([step, loss / top]))));
  const guess = running ? (run?.guess ?? null) : judged ? state.guess : null;

  return {
    lines: [accuracy(before, "ghost"), accuracy(stages, "live")],
    losses: [losses(before, "ghost"), losses(stages, "live")],
    top,
    stages: stages.length > 1 ? stages.map(({ begins }, number) => ({ x: begins, name: String(number + 1) })) : [],
    levels: [{ tone: "target", share: data.commonest }],
    marks: guess === null ? [] : [{ name: fill(words.guess_mark, { guess }), tone: "target", share: guess / 100 }],
    gap: judged && end && state.guess !== null ? { from: state.guess / 100, to: end[1], text: judgement(words, close, state.guess, end[1]) } : null,
    xEnd: Math.max(ahead, lastStep(before)),
    legend: stages.length > 1 ? stages.map((stage, number) => stageWords(data, stage, number)) : [],
    ghost: before.length ? fill(words.before, { stages: before.map((stage, number) => stageWords(data, stage, number)).join("; ") }) : "",
    level: fill(words.level, { share: percent(data.commonest) }),
    drift,
    running,
    judged,
    guessOpen: !running && !judged,
    canGoBack: !running && stages.length > 0,
    result: result(words, close, state, { running, judged, about, outcome: run?.outcome ?? "", first, end }),
    stateLine: stateLine(data, state),
  };
}

/** @param {string} name @param {string} tone @param {"live" | "ghost"} kind @param {[number, number][]} points */
function line(name, tone, kind, points) {
  return { name, tone, kind, points };
}

/**
 * One sentence.
 * @param {any} words
 * @param {number} close
 * @param {State} state
 * @param {object} found
 * @param {boolean} found.running
 * @param {boolean} found.judged
 * @param {boolean} found.about whether the newest run is about this state
 * @param {string} found.outcome of the newest run
 * @param {[number, number] | null} found.first
 * @param {[number, number] | null} found.end
 */
function result(words, close, { guess, epochs }, { running, judged, about, outcome, first, end }) {
  if (running) {
    if (first === null || end === null || first === end) return words.waiting;
    return fill(words.running, { first: percent(first[1]), end: percent(end[1]) });
  }
  if (judged && guess !== null && end !== null) {
    return fill(words.judged, { end: percent(end[1]), guess, judgement: judgement(words, close, guess, end[1]) });
  }
  if (end !== null && outcome === "failed") return words.failed;
  if (end !== null && about && outcome === "stopped") return fill(words.stopped, { end: percent(end[1]) });
  if (guess !== null) return fill(words.before_start, { guess, epochs: inEpochs(words, epochs) });
  if (first === null || end === null) return fill(words.before_guess, { epochs: inEpochs(words, epochs) });
  const more = fill(words.more, { epochs: inEpochs(words, epochs) });
  return fill(words.go_on, { first: percent(first[1]), end: percent(end[1]), more });
}
