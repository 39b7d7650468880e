//! `wiresift-bindgen IN.wasm OUT_DIR`: the module for the web with its JavaScript and types.

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1);
    let (Some(input), Some(out), None) = (args.next(), args.next(), args.next()) else {
        bail!("usage: wiresift-bindgen IN.wasm OUT_DIR");
    };
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?.typescript(true).omit_default_module_path(false).input_path(&input);
    bindgen.generate(&out).with_context(|| format!("{} could not be bound", input.display()))
}
