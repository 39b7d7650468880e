//! `wiresift features` as a program: formats, schemas, and what it refuses.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use tempfile::TempDir;
use wiresift::schema::{Kind, Schema};
use wiresift::settings::Unit;

use super::support::{csv_of, read, synth};

/// A folder with a generated capture.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.pcap"), synth(1500, 7)).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"));
        command.current_dir(self.0.path()).arg("features").args(line.split_whitespace()).output().unwrap()
    }

    fn text(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn tables_are_those_of_the_library() {
    let (folder, report) = (Folder::new(), read(&synth(1500, 7), &[]));
    for (flags, schema) in [
        ("", Schema::Wiresift),
        ("--schema wiresift", Schema::Wiresift),
        ("--schema cicflowmeter", Schema::CicFlowMeter),
        ("--schema cicflowmeter --cicflowmeter-bugs", Schema::OriginalCicFlowMeter),
        ("--schema nfstream", Schema::Nfstream),
    ] {
        assert_eq!(folder.text(&format!("-r a.pcap {flags}")), csv_of(schema, &report), "{flags}");
    }
    let ndjson = folder.text("-r a.pcap --schema nfstream -T ndjson");
    let first: serde_json::Value = serde_json::from_str(ndjson.lines().next().unwrap()).unwrap();
    assert!(first["splt_ps"].is_array() && first["src_mac"].is_null() && first["id"] == 0);
    assert_eq!(ndjson.lines().count(), Schema::Nfstream.rows(&report));
    assert!(folder.text("-r a.pcap --unit packet").starts_with("number,ts,src,dst,proto,length,"));
}

#[test]
fn parquet_has_the_values_of_the_csv_with_types() {
    let (folder, report) = (Folder::new(), read(&synth(1500, 7), &[]));
    for (name, schema) in
        [("wiresift", Schema::Wiresift), ("cicflowmeter", Schema::CicFlowMeter), ("nfstream", Schema::Nfstream)]
    {
        assert_eq!(folder.text(&format!("-r a.pcap --schema {name} -T parquet -o {name}.parquet")), "");
        let file = SerializedFileReader::new(fs::File::open(folder.path(&format!("{name}.parquet"))).unwrap()).unwrap();
        let notes = file.metadata().file_metadata().key_value_metadata().unwrap();
        assert!(notes.iter().any(|n| n.key == "wiresift.notes" && n.value.as_ref().is_some_and(|v| !v.is_empty())));
        let text = csv_of(schema, &report);
        let mut csv = csv::Reader::from_reader(text.as_bytes());
        let columns = schema.columns(Unit::Flow);
        let mut rows = 0;
        for (row, record) in file.get_row_iter(None).unwrap().zip(csv.records()) {
            for ((column, (found, value)), text) in
                columns.iter().zip(row.unwrap().get_column_iter()).zip(&record.unwrap())
            {
                assert_eq!(found, column.name);
                let is_same = match (value, column.kind) {
                    (Field::Null, _) => text.is_empty(),
                    (Field::Str(value), Kind::Text) => value == text,
                    (Field::Long(value), Kind::Integer) => value.to_string() == text,
                    (Field::Double(value), Kind::Float) => text.parse() == Ok(*value),
                    (_, Kind::Moment) => text.contains('.'),
                    _ => false,
                };
                assert!(is_same, "{name}: {found} is {value}, {text} in CSV");
            }
            rows += 1;
        }
        assert_eq!(rows, schema.rows(&report), "{name}");
    }
    let again = folder.run("-r a.pcap -T parquet").stdout;
    assert_eq!(again, fs::read(folder.path("wiresift.parquet")).unwrap(), "the same bytes every time");
}

#[test]
fn columns_and_their_differences_are_described() {
    let folder = Folder::new();
    let text = folder.text("--schema cicflowmeter");
    assert!(text.starts_with("84 columns of the schema cicflowmeter\n"));
    assert!(text.contains("Fwd PSH Flags") && text.contains("the original looks at the first packet only"));
    let json: serde_json::Value = serde_json::from_str(&folder.text("--schema nfstream -T json")).unwrap();
    assert_eq!((json["columns"].as_array().unwrap().len(), &json["columns"][0]["name"]), (80, &"id".into()));
    assert!(!json["notes"].as_array().unwrap().is_empty());
    assert!(folder.text("--help").contains("Not reproduced: 13 IPv6"));
    assert!(folder.text("").contains("CICFlowMeter: Flow Duration"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    for (line, code) in [
        ("-r a.pcap -T text", 2),
        ("-T csv", 2),
        ("-r a.pcap --cicflowmeter-bugs", 2),
        ("-r a.pcap --schema nfstream --cicflowmeter-bugs", 2),
        ("-r a.pcap --schema nfstream --unit packet", 2),
        ("-r a.pcap --schema zeek", 2),
        ("-r none.pcap", 1),
    ] {
        assert_eq!(folder.run(line).status.code(), Some(code), "{line}");
    }
    fs::write(folder.path("text.pcap"), "no capture").unwrap();
    let rejected = folder.run("-r text.pcap -T parquet -o x.parquet");
    assert_eq!((rejected.status.code(), folder.path("x.parquet").exists()), (Some(1), false));
}
