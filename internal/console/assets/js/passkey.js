// Passkeys: a form with data-passkey asks the browser for one before it is
// sent. The first half comes from the address in data-begin, the answer goes
// into the form's hidden fields. Without passkeys in the browser the part of the
// page stays hidden.

const parts = document.querySelectorAll("form[data-passkey]");

async function first(form) {
  const answer = await fetch(form.dataset.begin, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.wrong);
  return body;
}

async function ask(form, options) {
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
}

function wrong(form, text) {
  const at = form.querySelector("[data-wrong]");
  at.textContent = text;
  at.hidden = false;
}

for (const form of parts) {
  const able = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;
  form.hidden = !able;
  form.addEventListener("submit", async (e) => {
    if (form.elements.credential.value) return; // asked already
    e.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const begun = await first(form);
      form.elements.flow.value = begun.flow;
      const made = await ask(form, begun.options);
      form.elements.credential.value = JSON.stringify(made.toJSON());
      if (form.elements.current) form.elements.current.disabled = true; // it was shown already
      form.requestSubmit();
    } catch (error) {
      // What a browser says of a passkey that was not given is its own English.
      wrong(form, error instanceof DOMException ? form.dataset.refused : error.message);
      button.disabled = false;
    }
  });
}
