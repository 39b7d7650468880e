//! Tables as Apache Parquet: columns with types, missing is null, compressed by Snappy.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use wiresift::error::{Error, Result};
use wiresift::export::{Cell, Exporter, Tabular};
use wiresift::report::Report;
use wiresift::schema::{ColumnInfo, Kind, Schema};

/// Rows kept before they are written: some 20 MB with 150 columns.
const ROWS: usize = 16_384;

/// A schema's table as Parquet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parquet(pub(super) Schema);

impl Exporter for Parquet {
    fn export(&self, report: &Report, out: &mut dyn Write) -> Result<()> {
        let infos = self.0.columns(report.settings.unit);
        let done = Done::default();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("wiresift ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(notes(self.0)))
            .build();
        let mut file =
            SerializedFileWriter::new(done.clone(), Arc::new(schema(&infos).map_err(broken)?), Arc::new(properties))
                .map_err(broken)?;
        let mut columns: Vec<Column> = infos.iter().map(|info| Column::new(info.kind)).collect();
        let mut rows = 0;
        self.0.for_each_row(report, &mut |cells| {
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
            rows += 1;
            if rows == ROWS {
                rows = 0;
                write_group(&mut file, &mut columns).map_err(broken)?;
                out.write_all(&done.take())?;
            }
            Ok(())
        })?;
        if rows > 0 {
            write_group(&mut file, &mut columns).map_err(broken)?;
        }
        file.close().map_err(broken)?;
        Ok(out.write_all(&done.take())?)
    }
}

fn broken(error: ParquetError) -> Error {
    Error::Serialise(error.to_string())
}

/// What the columns do not say: how the table differs from that of the tool whose names it has.
fn notes(schema: Schema) -> Vec<KeyValue> {
    let entry = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    vec![entry("wiresift.schema", schema.name().to_owned()), entry("wiresift.notes", schema.notes().join("\n"))]
}

fn schema(infos: &[ColumnInfo]) -> std::result::Result<Type, ParquetError> {
    let fields = infos.iter().map(|info| {
        let (physical, logical) = match info.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Float => (Physical::DOUBLE, None),
            Kind::Moment => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::NANOS))),
        };
        let field = Type::primitive_type_builder(info.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    });
    Type::group_type_builder("rows").with_fields(fields.collect::<std::result::Result<_, _>>()?).build()
}

fn write_group(file: &mut SerializedFileWriter<Done>, columns: &mut [Column]) -> std::result::Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for column in columns {
        let Some(mut writer) = group.next_column()? else { break };
        column.write(&mut writer)?;
        writer.close()?;
    }
    group.close().map(drop)
}

/// The cells of a column since the last group.
struct Column {
    values: Values,
    /// 1 where there is a value, 0 where it is missing.
    levels: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Float(Vec<f64>),
}

impl Column {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Integer | Kind::Moment => Values::Integer(Vec::new()),
            Kind::Float => Values::Float(Vec::new()),
        };
        Self { values, levels: Vec::new() }
    }

    fn push(&mut self, cell: &Cell) {
        let is_there = match (&mut self.values, cell) {
            (Values::Text(all), Cell::Text(text) | Cell::Both { text, .. }) => push(all, Some(text.as_str().into())),
            (Values::Text(all), Cell::Word(word)) => push(all, Some((*word).into())),
            (Values::Integer(all), cell) => push(all, integer(cell)),
            (Values::Float(all), cell) => push(all, float(cell)),
            (Values::Text(_), _) => false,
        };
        self.levels.push(i16::from(is_there));
    }

    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> std::result::Result<(), ParquetError> {
        let levels = Some(self.levels.as_slice());
        match &mut self.values {
            Values::Text(all) => {
                writer.typed::<ByteArrayType>().write_batch(all, levels, None)?;
                all.clear();
            }
            Values::Integer(all) => {
                writer.typed::<Int64Type>().write_batch(all, levels, None)?;
                all.clear();
            }
            Values::Float(all) => {
                writer.typed::<DoubleType>().write_batch(all, levels, None)?;
                all.clear();
            }
        }
        self.levels.clear();
        Ok(())
    }
}

/// Appends a value, if there is one; says so.
fn push<T>(all: &mut Vec<T>, value: Option<T>) -> bool {
    let is_there = value.is_some();
    all.extend(value);
    is_there
}

fn integer(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Count(n) => i64::try_from(*n).ok(),
        Cell::Signed(n) => Some(*n),
        Cell::Moment(ts) => Some(ts.0),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss)] // the column is of floats
fn float(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Float(v) => Some(*v).filter(|v| v.is_finite()),
        Cell::Single(v) => Some(f64::from(*v)).filter(|v| v.is_finite()),
        Cell::Count(n) => Some(*n as f64),
        Cell::Signed(n) => Some(*n as f64),
        _ => None,
    }
}

/// What the library has written and nobody taken: it wants a writer of its own, which the output is not.
#[derive(Debug, Clone, Default)]
struct Done(Arc<Mutex<Vec<u8>>>);

impl Done {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Done {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
