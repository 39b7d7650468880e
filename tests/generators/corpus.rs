//! Where real captures are, on machines that have them.

use std::path::{Path, PathBuf};

/// The folder of captures: `WIRESIFT_CORPUS`, else `../shared/corpus`. Says so when there is none.
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("WIRESIFT_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let found = named.into_iter().chain([beside]).find(|folder| folder.join("EXPECTED.tsv").is_file());
    if found.is_none() {
        eprintln!("SKIPPED: no capture corpus; set WIRESIFT_CORPUS to its folder");
    }
    found
}

/// Every file in a folder and the folders in it, in order of their names.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
