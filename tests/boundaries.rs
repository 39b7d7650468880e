//! Who may use whom: reads the sources and fails where a module reaches for something it must not know.

#![allow(clippy::unwrap_used)]

mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::{code_of, mentions, production_part, top_modules};

/// What any module may use: the plain vocabulary of the crate.
const BASE: &[&str] = &["base64", "chunked", "error", "settings", "sort", "units"];

/// The modules each top-level module may use beside [`BASE`] and itself. A new module needs a row here.
const MAY_USE: &[(&str, &[&str])] = &[
    ("base64", &[]),
    ("chunked", &[]),
    ("error", &[]),
    ("settings", &[]),
    ("sort", &[]),
    ("units", &[]),
    ("report", &[]),
    // What is no capture may be a table.
    ("tabular", &["report"]),
    ("capture", &["report", "tabular"]),
    ("packet", &["report", "capture"]),
    ("flow", &["report", "capture", "packet", "host", "protocol"]),
    ("host", &["report", "capture", "packet", "flow", "protocol"]),
    ("protocol", &["report", "capture", "packet", "flow", "host"]),
    ("features", &["report", "capture", "packet", "flow", "host", "protocol"]),
    // A model asks for features by name.
    ("classify", &["report", "protocol", "features"]),
    // Findings name their packets as the filters do.
    ("detect", &["report", "capture", "packet", "flow", "host", "protocol", "features", "filter"]),
    (
        "pipeline",
        &[
            "report", "capture", "packet", "flow", "host", "protocol", "features", "classify", "detect", "enrich",
            "filter", "tabular",
        ],
    ),
    ("enrich", &["report"]),
    // The HTML report has the charts in it.
    ("export", &["report", "plot"]),
    ("filter", &["report"]),
    ("plot", &["report"]),
    // Captures read again: the same frames and keys, written by an export, without what is not to be given away.
    ("retrieve", &["report", "capture", "packet", "flow", "export", "scrub"]),
    ("scrub", &["capture", "packet"]),
    // Feature tables under the names of other tools.
    ("schema", &["report", "features", "export"]),
    ("synth", &["report"]),
    // A row on the screen is explained by `explain`, which looks at a report only, and says its Community ID as the exports do.
    ("view", &["report", "pipeline", "export", "filter"]),
];

/// Words that belong to certain files only: words, folder read, where they may stand, why.
struct Reserved {
    words: &'static [&'static str],
    folder: &'static str,
    allowed: &'static [&'static str],
    why: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved {
        words: &["wasm_bindgen", "web_sys", "js_sys", "serde_wasm_bindgen", "plotters_canvas"],
        folder: "src",
        allowed: &["src/wasm.rs", "src/wasm/"],
        why: "the browser is known to src/wasm.rs alone",
    },
    Reserved {
        words: &[
            "clap",
            "indicatif",
            "anyhow",
            "std::fs",
            "std::env",
            "std::process",
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "dbg!",
        ],
        folder: "src",
        allowed: &["src/bin/"],
        why: "files, environment and terminal belong to the command line; the core takes bytes, Read and Write",
    },
    Reserved {
        words: &["Instant", "SystemTime", "thread_rng", "from_entropy", "from_os_rng"],
        folder: "src",
        allowed: &["src/bin/", "src/wasm.rs", "src/wasm/"],
        why: "no clock and no unseeded randomness in the core: the same input gives the same bytes",
    },
    Reserved { words: &["document"], folder: "www/src/worker", allowed: &[], why: "the worker has no page" },
    Reserved {
        words: &["postMessage"],
        folder: "www/src",
        allowed: &[
            "www/src/app/client.ts",
            "www/src/app/outside/sealed.ts",
            "www/src/shell/main.ts",
            "www/src/worker/",
        ],
        why: "one client module talks to the worker, and one to the shell",
    },
    Reserved {
        words: &[
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "dangerouslySetInnerHTML",
            "eval(",
            "new Function",
            "document.write",
        ],
        folder: "www/src",
        allowed: &[],
        why: "what a capture says reaches the page as text only",
    },
];

fn files_below(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files_below(&path, into);
        } else if path.extension().is_some_and(|e| ["rs", "ts", "tsx"].iter().any(|known| e == *known)) {
            into.push(path);
        }
    }
}

/// Path from the repository's root with `/`, and text, of every source file below a folder.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    files_below(&root.join(folder), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let name = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            (name, fs::read_to_string(&file).unwrap())
        })
        .collect()
}

/// `src/capture/pcap.rs` is `["capture", "pcap"]`; `None` for the crate's root, the browser's part, the command line and
/// unit tests in a file of their own.
fn module_of(file: &str) -> Option<Vec<&str>> {
    let inner = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    let module: Vec<&str> = inner.split('/').collect();
    let is_free = ["lib", "wasm", "bin"].contains(module.first()?) || *module.last()? == "tests";
    (!is_free).then_some(module)
}

/// What is wrong with one core file, by the table.
fn upward_uses(file: &str, text: &str, root: &str) -> Vec<String> {
    let Some(module) = module_of(file) else { return Vec::new() };
    let Some(own) = module.first() else { return Vec::new() };
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == own) else {
        return vec![format!("{file}: module `{own}` has no row in MAY_USE of tests/boundaries.rs")];
    };
    top_modules(&code_of(production_part(text), false), &module, root)
        .into_iter()
        .filter(|used| used != own && !BASE.contains(&used.as_str()) && !allowed.contains(&used.as_str()))
        .map(|used| format!("{file}: `{own}` must not use `{used}`"))
        .collect()
}

/// The reserved words one file has no right to.
fn reserved_uses(file: &str, text: &str) -> Vec<String> {
    let is_rust = file.ends_with(".rs");
    let code = if is_rust { code_of(production_part(text), false) } else { code_of(text, true) };
    let is_test = file.contains(".test.") || file.ends_with("/tests.rs");
    RESERVED
        .iter()
        .filter(|rule| !is_test && file.starts_with(&format!("{}/", rule.folder)))
        .filter(|rule| !rule.allowed.iter().any(|place| file.starts_with(place)))
        .flat_map(|rule| {
            let found = rule.words.iter().filter(|word| mentions(&code, word));
            found.map(move |word| format!("{file}: `{word}` ({})", rule.why))
        })
        .collect()
}

#[test]
fn every_module_looks_downward_only() {
    let root = code_of(include_str!("../src/lib.rs"), false);
    let wrong: Vec<String> = sources("src").iter().flat_map(|(file, text)| upward_uses(file, text, &root)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn reserved_words_stay_where_they_belong() {
    let files = [sources("src"), sources("www/src")].concat();
    assert!(files.iter().any(|(file, _)| file.starts_with("src/bin/")), "no sources were found");
    let wrong: Vec<String> = files.iter().flat_map(|(file, text)| reserved_uses(file, text)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

const ROOT: &str = "pub mod report; pub mod flow; pub use flow::{Table, key::Key}; pub use report::Report;";

#[test]
fn the_checker_sees_upward_uses() {
    for (file, text) in [
        ("src/capture.rs", "use crate::packet::Packet;"),
        ("src/capture/pcap.rs", "use super::super::packet;"),
        ("src/packet/link.rs", "use crate::{error::Error, flow::{self, Key}};"),
        ("src/packet.rs", "fn f() { crate::pipeline::run() }"),
        ("src/packet.rs", "use crate::Table;"),
        ("src/packet.rs", "use crate::Key;"),
        ("src/export/csv.rs", "use crate::features;"),
        ("src/report.rs", "use super::flow;"),
        ("src/packet.rs", "#[cfg(test)]\nmod tests;\nuse crate::flow;"),
        ("src/nobody.rs", ""),
    ] {
        assert_eq!(upward_uses(file, text, ROOT).len(), 1, "{file}: {text}");
    }
}

#[test]
fn the_checker_lets_downward_uses_pass() {
    for (file, text) in [
        ("src/capture/pcap.rs", "use super::Frame; use crate::error::{Error, Result}; use crate::capture::time;"),
        ("src/packet.rs", "use crate::{capture::Frame, units::Timestamp}; // crate::pipeline\n/* crate::flow */"),
        (
            "src/packet.rs",
            "const A: &str = \"crate::flow\"; const B: &str = r#\"crate::\"flow\"#; const C: char = '\"';",
        ),
        ("src/export.rs", "use crate::Report;\n#[cfg(test)]\nmod tests {\n    use crate::pipeline;\n}"),
        ("src/plot.rs", "fn f() {}\n#[cfg(all(test, feature = \"cli\"))]\nmod tests {\n    use super::*;\n}"),
        ("src/packet.rs", "use std::fmt; use etherparse::flow; use self::flow;"),
        ("src/wasm.rs", "use crate::pipeline;"),
        ("src/bin/wiresift/main.rs", "use wiresift::pipeline;"),
    ] {
        assert_eq!(upward_uses(file, text, ROOT), Vec::<String>::new(), "{file}: {text}");
    }
}

#[test]
fn the_checker_sees_reserved_words() {
    for (file, text) in [
        ("src/plot.rs", "use web_sys::HtmlCanvasElement;"),
        ("src/view.rs", "#[wasm_bindgen::prelude::wasm_bindgen] pub struct A;"),
        ("src/capture.rs", "fn f() { println!(\"x\") }"),
        ("src/capture.rs", "use std::fs;"),
        ("src/capture.rs", "use std::{io, fs};"),
        ("src/capture.rs", "fn f<'a>(x: &'a str) { std::env::var(\"X\") }"),
        ("src/pipeline.rs", "let t = std::time::Instant::now();"),
        ("src/bin/wiresift/main.rs", "use js_sys::Date;"),
        ("www/src/worker/run.ts", "const url = 'http://x'; document.title = name;"),
        ("www/src/ui/table.tsx", "worker.postMessage(1)"),
        ("www/src/lib/a.ts", "el.innerHTML = x"),
        ("www/src/lib/a.ts", "el['outerHTML'] = x"),
        ("www/src/app/a.ts", "eval(x)"),
    ] {
        assert_eq!(reserved_uses(file, text).len(), 1, "{file}: {text}");
    }
}

#[test]
fn the_checker_lets_allowed_words_pass() {
    for (file, text) in [
        ("src/wasm.rs", "use web_sys::HtmlCanvasElement;"),
        ("src/wasm/chart.rs", "use plotters_canvas::CanvasBackend;"),
        ("src/bin/wiresift/main.rs", "use std::{env, fs}; println!(\"x\");"),
        ("src/capture.rs", "//! println! in a comment\nlet s = \"std::fs\";"),
        ("src/capture.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}"),
        ("src/flow.rs", "let instants = 1; let retrieval(x);"),
        ("www/src/app/client.ts", "worker.postMessage(1)"),
        ("www/src/worker/run.ts", "// document\nself.postMessage(1); const documented = 1;"),
        ("www/src/ui/table.tsx", "/* postMessage */ document.title"),
        ("www/src/ui/table.test.tsx", "expect(el.innerHTML)"),
        ("www/src/lib/a.ts", "retrieval(x); interval(y)"),
    ] {
        assert_eq!(reserved_uses(file, text), Vec::<String>::new(), "{file}: {text}");
    }
}
