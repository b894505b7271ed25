// Referrals at the door: a partner's key is made and locked here, what is passed on to him is opened here, what he refers is sealed here
// (age). Nothing is kept on the device; what was opened stands on the page until it is left.
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";

const WORK = 16, ROOM = 1024;
const encoder = new TextEncoder();
const form = document.querySelector("#key-form, #open-form, #refer-form");
const said = document.getElementById("said");

function say(text) {
  said.textContent = text;
  said.hidden = false;
}

const typed = (text) => text.normalize("NFC");
const base64 = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

async function sent(path, body) {
  const answer = await fetch(path, { method: "POST", credentials: "same-origin", body: JSON.stringify(body),
    headers: { "X-CSRFToken": form.elements.csrf_token.value, "Content-Type": "application/json", Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status >= 500 ? "failed" : "refused");
  return answer.json();
}

async function made() {
  const one = typed(document.getElementById("k-one").value), two = typed(document.getElementById("k-two").value);
  if (one.length < 14 || new Set(one).size < 6) return say(form.dataset.short);
  if (one !== two) return say(form.dataset.twice);
  say(form.dataset.wait);
  const secret = await generateIdentity(), lock = new Encrypter();
  lock.setScryptWorkFactor(WORK);
  lock.setPassphrase(one);
  const locked = base64(await lock.encrypt(encoder.encode(secret)));
  location.assign((await sent("/door/key", { public: await identityToRecipient(secret), secret: locked })).at);
}

async function opened() {
  say(form.dataset.wait);
  const told = await sent(form.dataset.at, {});
  if (!told.secret) return say(form.dataset.nokey);
  if (!told.brief) return say(form.dataset.none);
  const fields = {};
  try {
    const lock = new Decrypter();
    lock.addPassphrase(typed(document.getElementById("o-pass").value));
    const key = new Decrypter();
    key.addIdentity(await lock.decrypt(bytes(told.secret), "text"));
    for (const part of [told.brief, told.passed]) if (part) Object.assign(fields, JSON.parse(await key.decrypt(bytes(part), "text")));
  } catch {
    return say(form.dataset.wrong);
  }
  const list = document.getElementById("opened");
  for (const [code, label] of JSON.parse(form.dataset.fields)) if (fields[code]) {
    const name = document.createElement("dt"), words = document.createElement("dd"), apart = document.createElement("bdi");
    name.textContent = label;
    apart.textContent = fields[code];
    words.append(apart);
    list.append(name, words);
  }
  list.hidden = false;
  form.hidden = true;
}

async function referred() {
  const data = new FormData(form), fields = {};
  for (const one of form.querySelectorAll("textarea")) if (one.value.trim()) fields[one.name] = one.value.trim();
  if (!data.get("agree")) return say(form.dataset.agree);
  say(form.dataset.wait);
  const names = Object.keys(fields).sort(), text = encoder.encode(JSON.stringify(fields));
  const room = new Uint8Array(Math.ceil(text.length / ROOM) * ROOM).fill(32), age = new Encrypter();
  room.set(text);
  for (const key of JSON.parse(form.dataset.keys)) age.addRecipient(key);
  location.assign((await sent("/door/referrals/new", { needs: data.getAll("needs"), urgency: data.get("urgency") ?? "", fields: names,
    passed: base64(await age.encrypt(room)),
    consent: { form: data.get("form"), by: data.get("by"), on: data.get("on"), covers: names } })).at);
}

if (form) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      await { "key-form": made, "open-form": opened, "refer-form": referred }[form.id]();
    } catch (fault) {
      say((fault.message === "refused" && form.dataset.refused) || form.dataset.failed);
    }
    button.disabled = false;
  });
}
