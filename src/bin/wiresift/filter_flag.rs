//! The value of `--filter`.

use wiresift::filter::Filter;

use crate::exit::PlacedError;

/// The filter, or what is wrong with it and where.
pub(crate) fn parse(text: &str) -> Result<Filter, PlacedError> {
    Filter::parse(text).map_err(|error| PlacedError {
        message: format!("--filter: {error}"),
        text: text.to_owned(),
        position: error.position,
    })
}
