/* The row of the report as it is being written, how long the text is, Ctrl+Enter. The form works without any of it. */
"use strict";

const form = document.getElementById("direct");
const [text, who, day] = document.querySelectorAll("[data-prints]");
const soFar = document.querySelector("[data-so-far]");
const grouped = (n) => n.toLocaleString("vi-VN");

/* As papers print a day: 05/6/2023, a zero before days below 10 and before months 1 and 2. */
function printedDay() {
  const chosen = form.querySelector("[name=within]:checked");
  if (chosen?.value) return chosen.dataset.printed;
  const [year, month, on] = form.due_on.value.split("-");
  return on ? `${on}/${Number(month) <= 2 ? month : Number(month)}/${year}` : "";
}

function print() {
  text.textContent = form.text.value.trim();
  who.textContent = form.receiver.value.trim() ? `${form.unit.value.trim()} (${form.receiver.value.trim()})` : form.unit.value.trim();
  day.textContent = printedDay();
  soFar.textContent = `${grouped(form.text.value.length)}/${grouped(form.text.maxLength)}`;
}

form.addEventListener("input", print);
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  event.preventDefault();
  form.requestSubmit();
});
window.addEventListener("pageshow", print);
document.body.classList.add("with-keys");
