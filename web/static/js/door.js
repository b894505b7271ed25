// What a partner submits is cut into parts, each hashed and sealed here (age, to the institution's keys) before it is sent. A part that
// did not arrive is sent again; after the page was loaded anew, what the server has is not sent again. Nothing is kept on the device.
import { Encrypter } from "age-encryption";

const form = document.getElementById("door");
const data = form.dataset, PART = Number(data.part), MOST = 20, LARGE = 1024, WHOLE = 2047, ROOM = 4096;
const token = form.elements.csrf_token.value;
const said = document.getElementById("d-said"), bar = document.getElementById("d-progress");
document.getElementById("sealed-form").hidden = false;

function say(text) {
  said.textContent = text;
  said.hidden = false;
}

async function sealed(bytes) {
  const age = new Encrypter();
  for (const key of JSON.parse(data.keys)) age.addRecipient(key);
  return age.encrypt(bytes);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Sent until it is answered: a line that breaks, or a house that is too busy, costs a pause and this one part
async function sent(path, body, type) {
  for (let tried = 0; ; tried += 1) {
    try {
      const answer = await fetch(path, { method: "POST", credentials: "same-origin", body: body,
        headers: { "X-CSRFToken": token, "Content-Type": type, Accept: "application/json" } });
      if (answer.ok) return answer.status === 204 ? null : await answer.json();
      if (![429, 502, 503, 504].includes(answer.status)) throw new Error("refused");
    } catch (fault) {
      if (fault.message === "refused") throw fault;
    }
    say(data.again);
    await pause(Math.min(500 * 2 ** tried, 15000));
  }
}

const counted = (file) => Math.max(1, Math.ceil(file.size / PART));
const hex = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");

async function send(files) {
  const counts = [1, ...files.map(counted)], all = counts.reduce((sum, one) => sum + one, 0);
  if (files.length > MOST || counts.some((one) => one > LARGE) || all - 1 > WHOLE) return say(data.large);
  if (data.at && JSON.stringify(counts) !== JSON.stringify(JSON.parse(data.parts))) return say(data.other);
  if (!data.at) data.at = (await sent("/door/new", JSON.stringify({ title: form.elements.title.value, parts: counts }), "application/json")).at;
  data.parts = JSON.stringify(counts);
  const answer = await fetch(data.at + "/parts", { credentials: "same-origin", headers: { Accept: "application/json" } });
  const there = new Set((await answer.json()).there), letter = { v: 1, text: form.elements.text.value, places: form.elements.places.value, files: [] };
  let done = 0;
  const moved = () => { bar.value = done / all; say(data.sealing.replace("{n}", done).replace("{all}", all)); };
  bar.hidden = false;
  for (const [at, file] of files.entries()) {
    const told = { name: file.name, size: file.size, parts: [] };
    for (let n = 0; n < counts[at + 1]; n += 1) {
      const bytes = new Uint8Array(await file.slice(n * PART, (n + 1) * PART).arrayBuffer());
      told.parts.push(hex(await crypto.subtle.digest("SHA-256", bytes)));
      if (!there.has(`${at + 1}-${n}`)) await sent(`${data.at}/${at + 1}/${n}`, await sealed(bytes), "application/octet-stream");
      done += 1;
      moved();
    }
    letter.files.push(told);
  }
  const text = new TextEncoder().encode(JSON.stringify(letter)), room = new Uint8Array(Math.ceil(text.length / ROOM) * ROOM).fill(32);
  room.set(text);
  await sent(data.at + "/0/0", await sealed(room), "application/octet-stream");
  location.assign((await sent(data.at + "/send", "", "application/octet-stream")).at);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    await send([...document.getElementById("d-files").files]);
  } catch {
    say(data.failed);
  }
  button.disabled = false;
});
