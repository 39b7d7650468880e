//! Settings as a small JSON file that people give each other.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Settings, TABLE};
use crate::error::{Error, Result};

/// Version of the file's layout.
const VERSION: u64 = 1;

/// **Shape** `{"wiresift_settings": 1, "settings": {NAME: VALUE}}`, only the settings that differ from their defaults.
#[derive(Serialize)]
struct File {
    wiresift_settings: u64,
    settings: Map<String, Value>,
}

impl Settings {
    /// The settings that differ from their defaults as a file's text: JSON, UTF-8, ended by a line feed.
    ///
    /// **Errors** `Serialise`.
    pub fn to_file(&self) -> Result<String> {
        let changed =
            TABLE.iter().filter_map(|spec| Some((spec.name, self.get(spec.name).filter(|v| v != spec.default)?)));
        let mut settings = Map::new();
        settings.extend(changed.map(|(name, value)| (name.to_owned(), Value::String(value))));
        let file = File { wiresift_settings: VERSION, settings };
        let mut text = serde_json::to_string_pretty(&file).map_err(|e| Error::Serialise(e.to_string()))?;
        let _ = writeln!(text);
        Ok(text)
    }

    /// The settings of a file's text, over the defaults. Numbers and `true` and `false` may stand without quotes.
    ///
    /// **Errors** `SettingsFile` where it is no such file; as [`Settings::set`] for names and values.
    pub fn from_file(text: &str) -> Result<Self> {
        let refused = |what: String| Error::SettingsFile(what);
        let file: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|e| refused(format!("it is not JSON: {e}")))?;
        match file.get("wiresift_settings").map(Value::as_u64) {
            Some(Some(VERSION)) => {}
            Some(version) => {
                let version = version.map_or_else(|| "unknown".to_owned(), |v| v.to_string());
                return Err(refused(format!("its version is {version}, and {VERSION} is read")));
            }
            None => {
                return Err(refused("it has no `wiresift_settings`: it was not saved by Wiresift's settings".into()));
            }
        }
        let Some(Value::Object(values)) = file.get("settings") else {
            return Err(refused("it has no object `settings`".into()));
        };
        let mut settings = Self::default();
        for (name, value) in values {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(is_on) => if *is_on { "on" } else { "off" }.to_owned(),
                _ => return Err(refused(format!("`{name}` is neither a text, a number, true nor false"))),
            };
            settings.set(name, &value)?;
        }
        Ok(settings)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        assert_eq!(Settings::default().to_file().unwrap(), "{\n  \"wiresift_settings\": 1,\n  \"settings\": {}\n}\n");
        let changed = [
            ("unit", "host"),
            ("k", "4"),
            ("threshold", "0.75"),
            ("suppress", "port_scan@10.0.0.0/8"),
            ("resync", "on"),
        ];
        let settings = Settings::from_pairs(changed).unwrap();
        let text = settings.to_file().unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with("    ")).count(), changed.len());
        assert_eq!(Settings::from_file(&text).unwrap(), settings);
        assert_eq!(Settings::from_file(&format!("\u{feff}{text}")).unwrap(), settings);
    }

    #[test]
    fn hands_may_write_numbers_and_switches_without_quotes() {
        let text = r#"{"settings": {"k": 4, "threshold": 0.75, "resync": true}, "wiresift_settings": 1}"#;
        let expected = Settings::from_pairs([("k", "4"), ("threshold", "0.75"), ("resync", "on")]).unwrap();
        assert_eq!(Settings::from_file(text).unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in [
            ("", "not JSON"),
            ("[]", "no `wiresift_settings`"),
            (r#"{"settings": {}}"#, "no `wiresift_settings`"),
            (r#"{"wiresift_settings": 2, "settings": {}}"#, "its version is 2"),
            (r#"{"wiresift_settings": "x", "settings": {}}"#, "its version is unknown"),
            (r#"{"wiresift_settings": 1, "settings": []}"#, "no object `settings`"),
            (r#"{"wiresift_settings": 1, "settings": {"k": null}}"#, "`k` is neither"),
            (r#"{"wiresift_settings": 1, "settings": {"k": 0}}"#, "`0` is not valid"),
            (r#"{"wiresift_settings": 1, "settings": {"colour": 1}}"#, "no setting named `colour`"),
        ] {
            let error = Settings::from_file(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
