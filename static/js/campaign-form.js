// Units as a tick list with search, groups as rows. Both write the lines that are sent; without script the lines are typed.
(() => {
  "use strict";
  const fold = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  const lines = (field) => field.value.split("\n").map((line) => line.split(";").map((part) => part.trim())).filter((line) => line[0]);
  const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  function replace(field, picker) {
    const block = document.getElementById(`div_${field.id}`);
    for (const part of [field, ...block.querySelectorAll(`label[for="${field.id}"], .form-text`)]) part.hidden = true;
    block.prepend(picker);
  }

  function units() {
    const field = document.getElementById("id_units"), picker = copy("unit-picker");
    const rows = [...picker.querySelectorAll("li")], byCode = new Map(rows.map((row) => [row.dataset.code, row]));
    const typed = lines(field);
    if (typed.some((line) => !byCode.has(line[0]) || line.length > 2)) return; // what cannot be ticked stays a line to be mended
    for (const [code, number] of typed) {
      byCode.get(code).querySelector("[type=checkbox]").checked = true;
      byCode.get(code).querySelector("[inputmode]").value = number || "";
    }
    const write = () => {
      const chosen = rows.filter((row) => row.querySelector("[type=checkbox]").checked);
      field.value = chosen.map((row) => [row.dataset.code, row.querySelector("[inputmode]").value.trim()].filter(Boolean).join("; ")).join("\n");
      picker.querySelector("[data-count]").textContent = `${chosen.length}/${rows.length}`;
    };
    const tick = (of, is) => { for (const row of of) row.querySelector("[type=checkbox]").checked = is; write(); };
    picker.addEventListener("input", (event) => {
      if (event.target.type !== "search") {
        if (event.target.matches("[inputmode]") && event.target.value) event.target.closest("li").querySelector("[type=checkbox]").checked = true;
        return write();
      }
      const asked = fold(event.target.value);
      for (const row of rows) row.hidden = !fold(row.textContent).includes(asked);
    });
    picker.querySelector("[data-all]").addEventListener("click", () => tick(rows.filter((row) => !row.hidden), true));
    picker.querySelector("[data-none]").addEventListener("click", () => tick(rows, false));
    picker.querySelector("[type=search]").addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    write();
    replace(field, picker);
  }

  function groups() {
    const field = document.getElementById("id_groups"), picker = copy("group-rows"), list = document.createElement("ul");
    picker.querySelector("legend").after(list);
    if (lines(field).some((line) => line.length > 3)) return;
    const add = (parts) => {
      const row = copy("group-row");
      [...row.querySelectorAll("input")].forEach((input, place) => { input.value = parts[place] || ""; });
      list.append(row);
      return row;
    };
    const write = () => {
      const rows = [...list.children].map((row) => [...row.querySelectorAll("input")].map((input) => input.value.trim().replaceAll(";", ",")));
      field.value = rows.filter((row) => row.some(Boolean)).map((row) => (row[2] ? row : row.slice(0, 2)).join("; ")).join("\n");
    };
    lines(field).forEach(add);
    picker.addEventListener("input", write);
    picker.addEventListener("click", (event) => {
      if (event.target.matches("[data-more]")) add([]).querySelector("input").focus();
      if (event.target.matches("[data-drop]")) {
        event.target.closest("li").remove();
        picker.querySelector("[data-more]").focus();
        write();
      }
    });
    replace(field, picker);
  }

  units();
  groups();
})();
