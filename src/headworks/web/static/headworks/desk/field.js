/* The phone form with script: what is entered is kept first and sent then, so a lost signal loses nothing. */
import { checkCharacter, compact, readCode } from "./codes.js";
import { account, drop, keep, sync, tasks, waiting } from "./outbox.js";

const words = document.getElementById("words").dataset;
const list = document.getElementById("list");
const one = document.getElementById("one");
const MOST_SIDE = 1600;

function made(tag, text, kind) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

const newName = () => ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, (sign) =>
  (sign ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (sign / 4)))).toString(16));

const localTime = (moment) => new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

/* ---- what waits ---- */
async function showUnsent(state) {
  const items = await waiting();
  const shown = document.getElementById("unsent");
  const n = items.length;
  shown.textContent = (n ? shown.dataset.some.replace("{n}", n) : shown.dataset.none) + (state === "offline" ? ` · ${shown.dataset.offline}` : "");
  document.getElementById("send").hidden = !n;
  await showOutbox(items, state);
  return items;
}

async function showOutbox(items, state) {
  const outbox = document.getElementById("outbox");
  if (!outbox) return;
  outbox.hidden = !items.length;
  const me = await account();
  outbox.querySelector("ul").replaceChildren(...items.map((item) => {
    const row = made("li", "", item.problem ? "refused" : "");
    row.append(made("p", item.sample_id, "code"), made("p", item.photo ? words.photo : item.said));
    const foreign = item.account && me && item.account !== me;
    const why = item.problem ? [words.refused, item.problem.what, item.problem.found, item.problem.remedy, item.problem.code].filter(Boolean).join(" · ")
      : foreign ? words.other : state === "signed_out" ? words.signIn : words.waiting;
    row.append(made("p", why, "mark"));
    if (item.problem) {
      const back = made("button", words.drop);
      back.type = "button";
      back.addEventListener("click", async () => {
        if (confirm(words.sure)) { await drop(item.event_id); showUnsent(); }
      });
      row.append(back);
    }
    return row;
  }));
}

let isSending = false;
async function sendAll() {
  if (isSending) return;
  isSending = true;
  let state;
  try {
    state = await sync();
  } catch {
    state = "failed";
  } finally {
    isSending = false;
  }
  await showUnsent(state);
  if (list && list.dataset.shell !== undefined || state === "sent") await showTasks();
  return state;
}

/* ---- the list ---- */
async function showTasks() {
  const place = document.getElementById("tasks");
  if (!place || list.hidden) return;
  const [known, kept] = [await tasks(), await waiting()];
  const areas = new Map();
  for (const task of known.sort((a, b) => a.place - b.place)) areas.set(task.area, [...(areas.get(task.area) || []), task]);
  const parts = [...areas].flatMap(([area, mine]) => {
    const rows = made("ol", "", "tasks");
    rows.append(...mine.map((task) => {
      const link = made("a");
      link.href = `/field/${task.sample_id}/`;
      const isWaiting = kept.some((item) => item.sample_id === task.sample_id);
      link.className = isWaiting ? "waiting" : "";
      const mark = [words[task.state] || task.state, task.is_late ? words.late : "", isWaiting ? words.waiting : ""].filter(Boolean).join(" · ");
      link.append(made("strong", task.site || task.site_id), made("span", task.sample_id, "code"), made("span", mark, "mark"));
      const row = made("li");
      row.append(link);
      return row;
    }));
    return [made("h2", area), rows];
  });
  place.replaceChildren(...(parts.length ? parts : [made("p", words.noTasks, "muted")]));
}

/* ---- one task ---- */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, MOST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob || file;
  } catch {
    return file;
  }
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const sampleId = one.dataset.sample;
  const moment = new Date();
  const fields = { kind: form.dataset.kind, sample_id: sampleId, event_id: newName(), at: moment.toISOString(), utc_offset_min: -moment.getTimezoneOffset() };
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value && !(name in fields) && name !== "csrfmiddlewaretoken") fields[name] = value;
  }
  const me = await account();
  const item = { event_id: fields.event_id, sample_id: sampleId, account: me, kept_at: moment.getTime(), fields, said: form.querySelector("button.wide").textContent };
  await keep(item);
  const file = form.elements.photo && form.elements.photo.files[0];
  if (file) {
    const photo = await smaller(file);
    await keep({ event_id: newName(), sample_id: sampleId, account: me, kept_at: moment.getTime() + 1, photo: await photo.arrayBuffer(), media_type: photo.type });
  }
  form.hidden = true;
  const said = document.getElementById("said");
  said.textContent = words.kept;
  said.scrollIntoView({ block: "center" });
  const state = await sendAll();
  const left = (await waiting()).filter((kept) => kept.sample_id === sampleId);
  const problem = left.map((kept) => kept.problem).find(Boolean);
  if (problem) said.textContent = [words.refused, problem.what, problem.found, problem.remedy].filter(Boolean).join(" · ");
  else if (!left.length) said.textContent = words.sent;
  else if (state === "signed_out") said.textContent = words.signIn;
  if (!left.length && form.dataset.kind === "collect") showForm("collected");
}

function showForm(state) {
  document.getElementById("collect").hidden = state !== "planned";
  document.getElementById("hand_over").hidden = state !== "collected";
}

async function fillShell(code) {
  const task = (await tasks()).find((known) => known.sample_id === code);
  const collected = (await waiting()).some((item) => item.sample_id === code && item.fields && item.fields.kind === "collect");
  one.hidden = false;
  one.dataset.sample = code;
  one.querySelector("h1").textContent = task ? task.site || task.site_id : code;
  one.querySelector("p.code").textContent = code;
  const now = new Date();
  document.getElementById("to").value = localTime(now);
  document.getElementById("from").value = localTime(new Date(now - 86400000));
  if (!task) document.getElementById("said").textContent = words.noTask;
  showForm(collected ? "collected" : task ? task.state : "planned");
}

/* ---- codes ---- */
function open(code) {
  location.href = `/field/${code}/`;
}

function watchCodes() {
  const form = document.getElementById("find");
  if (!form) return;
  const field = document.getElementById("code");
  const check = document.getElementById("code-check");
  field.addEventListener("input", () => {
    const said = compact(field.value);
    check.textContent = said.length >= 12 && /\d{10}[0-9A-Z]$/.test(said) && checkCharacter(said.slice(0, -1)) !== said.at(-1) ? words.wrongCode : "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = readCode(field.value);
    if (code) open(code);
    else check.textContent = words.wrongCode;
  });
  const scan = document.getElementById("scan");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  scan.hidden = false;
  scan.addEventListener("click", () => scanWithCamera(check));
}

async function scanWithCamera(check) {
  const video = document.getElementById("camera");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (problem) {
    check.textContent = problem.message;
    return;
  }
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const look = async () => {
    const seen = await detector.detect(video).catch(() => []);
    const code = seen.map((found) => readCode(found.rawValue)).find(Boolean);
    if (!code) return setTimeout(look, 200);
    stream.getTracks().forEach((track) => track.stop());
    return open(code);
  };
  look();
}

/* ---- begin ---- */
async function begin() {
  const isShell = document.querySelector("[data-shell]");
  if (isShell) {
    const code = location.pathname.match(/^\/field\/([0-9A-Z-]+)\/$/);
    if (code) await fillShell(code[1]);
    else {
      list.hidden = false;
      document.getElementById("finding").hidden = false;
    }
  }
  document.querySelectorAll("form[data-kind]").forEach((form) => form.addEventListener("submit", submit));
  document.getElementById("send").addEventListener("click", sendAll);
  watchCodes();
  addEventListener("online", sendAll);
  if (navigator.serviceWorker) navigator.serviceWorker.register("/service-worker.js", { scope: "/field/" }).catch(() => {});
  await showUnsent();
  await sendAll();
  document.documentElement.dataset.ready = "yes";
}

begin();
