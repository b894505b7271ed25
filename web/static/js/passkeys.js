// Passkeys: the browser's own questions, asked for by our buttons; what it answers goes to the page that the server names.
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const by = (id) => document.getElementById(id);
  const token = document.querySelector("input[name=csrf_token]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => Object.assign({}, one, { id: bytes(one.id) }));

  async function post(path, told) {
    const answer = await fetch(path, { method: "POST", credentials: "same-origin", redirect: "error", body: JSON.stringify(told),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token.value } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function plain(made) {
    const given = made.response, told = { clientDataJSON: text(given.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (given[name]) told[name] = text(given[name]);
    return { id: made.id, rawId: text(made.rawId), type: made.type, response: told };
  }

  function failed(said, words) {
    said.textContent = words;
    said.hidden = false;
  }

  const box = by("passkey"), form = by("new-passkey");
  if (box) {
    box.hidden = false;
    by("use-passkey").addEventListener("click", async () => {
      by("passkey-said").hidden = true;
      try {
        const asked = await post("/passkey/options", {});
        const options = Object.assign(asked, { challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) });
        const made = await navigator.credentials.get({ publicKey: options });
        location.replace((await post("/passkey", { credential: plain(made) })).to);
      } catch { failed(by("passkey-said"), box.dataset.failed); }
    });
  }
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      by("new-passkey-said").hidden = true;
      const password = form.elements.password ? form.elements.password.value : "";
      try {
        const asked = await post("/passkeys/options", { password: password });
        const options = Object.assign(asked, { challenge: bytes(asked.challenge), excludeCredentials: known(asked.excludeCredentials),
          user: Object.assign({}, asked.user, { id: bytes(asked.user.id) }) });
        const made = await navigator.credentials.create({ publicKey: options });
        location.replace((await post("/passkeys/new", { name: form.elements.name.value, credential: plain(made) })).to);
      } catch { failed(by("new-passkey-said"), form.dataset.failed); }
    });
  }
})();
