/* What was entered and is not yet sent, in this phone's own store. An item leaves it only when the server has it, or when
   somebody takes it back. */
const NAME = "headworks-field";

function opened() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("outbox", { keyPath: "event_id" });
      asked.result.createObjectStore("tasks", { keyPath: "sample_id" });
      asked.result.createObjectStore("about");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function inStore(store, mode, act) {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(store, mode);
      const asked = act(transaction.objectStore(store));
      transaction.oncomplete = () => done(asked && asked.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const keep = (item) => inStore("outbox", "readwrite", (store) => store.put(item));
export const drop = (name) => inStore("outbox", "readwrite", (store) => store.delete(name));
export const waiting = () => inStore("outbox", "readonly", (store) => store.getAll());
export const tasks = () => inStore("tasks", "readonly", (store) => store.getAll());
export const account = () => inStore("about", "readonly", (store) => store.get("account"));

/** Today's tasks take the place of the earlier ones. */
export async function keepTasks(said) {
  await inStore("tasks", "readwrite", (store) => {
    store.clear();
    said.tasks.forEach((task, place) => store.put({ ...task, place }));
  });
  await inStore("about", "readwrite", (store) => store.put(said.account, "account"));
}

async function answered(request) {
  const answer = await fetch(request.url, { credentials: "same-origin", redirect: "manual", ...request });
  const said = await answer.json().catch(() => null);
  return { status: answer.status, said };
}

async function send(item, said) {
  const headers = { "X-CSRFToken": said.csrf };
  if (item.photo) {
    const body = new FormData();
    body.set("account", item.account);
    body.set("event_id", item.event_id);
    body.set("sample_id", item.sample_id);
    body.set("photo", new Blob([item.photo], { type: item.media_type }), "photo");
    return answered({ url: "/field/photos/", method: "POST", headers, body });
  }
  const body = JSON.stringify({ account: item.account, events: [item.fields] });
  return answered({ url: "/field/events/", method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body });
}

/** Send what waits, oldest first; what is refused stays with the reason. Returns offline, signed_out, or sent. */
export async function sync() {
  let hello;
  try {
    hello = await answered({ url: "/field/tasks.json" });
  } catch {
    return "offline";
  }
  if (hello.status !== 200 || !hello.said) return "signed_out";
  const items = (await waiting()).sort((one, other) => one.kept_at - other.kept_at);
  for (const item of items) {
    if (item.account && item.account !== hello.said.account) continue;
    let outcome;
    try {
      outcome = await send({ ...item, account: item.account || hello.said.account }, hello.said);
    } catch {
      return "offline";
    }
    const result = outcome.said && outcome.said.results && outcome.said.results[0];
    if (outcome.status === 401) return "signed_out";
    if (result && result.status !== "refused") await drop(item.event_id);
    else await keep({ ...item, problem: (result && result.problem) || (outcome.said && outcome.said.what && outcome.said) || { what: "", code: String(outcome.status) } });
  }
  const fresh = await answered({ url: "/field/tasks.json" }).catch(() => hello);
  await keepTasks(fresh.status === 200 && fresh.said ? fresh.said : hello.said);
  return "sent";
}
