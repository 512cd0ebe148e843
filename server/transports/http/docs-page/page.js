// Shows /openapi.json. Everything goes onto the page as text, never as markup.

/** An element with attributes and content. */
function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

function schemaBlock(title, schema) {
  return [element("h4", {}, title), element("pre", {}, JSON.stringify(schema, null, 2))];
}

function parametersTable(parameters) {
  if (parameters.length === 0) return [];
  const rows = parameters.map(({ name, in: place, required, schema }) =>
    element(
      "tr",
      {},
      element("td", {}, element("code", {}, name)),
      element("td", {}, place),
      element("td", {}, required ? "required" : ""),
      element("td", {}, schema.description ?? schema.type ?? ""),
    ),
  );
  return [element("h4", {}, "Parameters"), element("table", {}, ...rows)];
}

function responsesTable(responses) {
  const rows = Object.entries(responses).map(([status, { description }]) =>
    element(
      "tr",
      {},
      element("td", {}, element("code", {}, status)),
      element("td", { class: "said" }, description.replaceAll("\n\n", "\n").replaceAll("`", "")),
    ),
  );
  return [element("h4", {}, "Answers"), element("table", {}, ...rows)];
}

function whoMay(security) {
  if (security.length === 0) return "Open to everybody.";
  const withoutToken = security.some((way) => Object.keys(way).length === 0);
  return withoutToken
    ? "Authorization: Bearer, if there is a token."
    : "Needs Authorization: Bearer and an access token.";
}

function bodyOf(content) {
  return content?.content?.["application/json"]?.schema;
}

function operationBlock(path, method, operation) {
  const request = bodyOf(operation.requestBody);
  const [success] = Object.entries(operation.responses).filter(([status]) => status < "300");
  const block = element(
    "details",
    { id: operation.operationId },
    element(
      "summary",
      {},
      element("span", { class: "method" }, method.toUpperCase()),
      element("code", {}, path),
      ` ${operation.summary}`,
    ),
    element("p", {}, whoMay(operation.security)),
    ...parametersTable(operation.parameters),
    ...(request === undefined ? [] : schemaBlock("Request body", request)),
    ...responsesTable(operation.responses),
    ...(success === undefined ? [] : schemaBlock(`Body of ${success[0]}`, bodyOf(success[1]))),
  );
  return block;
}

function show(api) {
  document.getElementById("about").textContent =
    `Version ${api.info.version}. ${api.info.description}`;
  const sections = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const [tag = ""] = operation.tags;
      const section = sections.get(tag) ?? element("section", {}, element("h2", {}, tag));
      sections.set(tag, section);
      section.append(operationBlock(path, method, operation));
    }
  }
  document.getElementById("operations").replaceChildren(...sections.values());
}

function filter(text) {
  const wanted = text.trim().toLowerCase();
  for (const section of document.querySelectorAll("section")) {
    let shown = 0;
    for (const block of section.querySelectorAll("details")) {
      block.hidden = !block.textContent.toLowerCase().includes(wanted);
      if (!block.hidden) shown += 1;
    }
    section.hidden = shown === 0;
  }
}

const response = await fetch("/openapi.json");
show(await response.json());
const field = document.getElementById("filter");
field.addEventListener("input", () => filter(field.value));
if (location.hash !== "") document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
