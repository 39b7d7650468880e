//! One record of a database, whichever keys it has.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::report::{Place, Text};

/// Bytes of a name that are kept.
const NAME: usize = 128;

/// What is read of a record; other keys are passed over.
///
/// **Source** GeoIP2 and GeoLite2: `country.iso_code`, `country.names.en`, `city.names.en`, `autonomous_system_number`,
/// `autonomous_system_organization`, of Enterprise the last two below `traits`. IPinfo: `country_code` with the name in
/// `country`, or the code in `country` with `country_name`; `city`, `asn` as `AS64496`, `as_name`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    country: Named<'a>,
    country_code: Option<&'a str>,
    country_name: Option<&'a str>,
    #[serde(borrow)]
    city: Named<'a>,
    autonomous_system_number: Number,
    autonomous_system_organization: Option<&'a str>,
    asn: Number,
    as_name: Option<&'a str>,
    #[serde(borrow)]
    traits: Traits<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Traits<'a> {
    autonomous_system_number: Number,
    autonomous_system_organization: Option<&'a str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names<'a> {
    en: Option<&'a str>,
}

/// Something that is a word, or a map with code and names.
#[derive(Debug, Default)]
struct Named<'a> {
    word: Option<&'a str>,
    code: Option<&'a str>,
    english: Option<&'a str>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Named<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Named<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a map with names")
            }

            fn visit_borrowed_str<E>(self, word: &'de str) -> Result<Named<'de>, E> {
                Ok(Named { word: Some(word), ..Named::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<'de>, A::Error> {
                let mut named = Named::default();
                while let Some(key) = map.next_key::<&str>()? {
                    match key {
                        "iso_code" => named.code = map.next_value()?,
                        "names" => named.english = map.next_value::<Names<'de>>()?.en,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(named)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Number of an autonomous system, as a number or as `AS64496`.
#[derive(Debug, Default)]
struct Number(Option<u32>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number of an autonomous system")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(u32::try_from(number).ok()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Number, E> {
                let digits = text.strip_prefix("AS").unwrap_or(text);
                Ok(Number(digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Record<'_> {
    /// What it says of the addresses that have it.
    pub(super) fn place(&self) -> Place {
        let code_as_word = self.country.word.filter(|word| is_code(word));
        let code = self.country_code.or(self.country.code).or(code_as_word).filter(|code| is_code(code));
        let name_as_word = self.country.word.filter(|word| !is_code(word));
        let organisation =
            [self.autonomous_system_organization, self.traits.autonomous_system_organization, self.as_name];
        let numbers = [&self.autonomous_system_number, &self.traits.autonomous_system_number, &self.asn];
        Place {
            country: text(code.map(str::to_ascii_uppercase).as_deref()),
            country_name: text(self.country_name.or(self.country.english).or(name_as_word)),
            city: text(self.city.english.or(self.city.word)),
            // RFC 7607: 0 is nobody's.
            asn: numbers.into_iter().find_map(|number| number.0.filter(|n| *n > 0)),
            as_org: organisation.into_iter().find_map(text),
        }
    }
}

fn text(text: Option<&str>) -> Option<Text> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(|text| Text::limited(text.as_bytes(), NAME))
}

/// Whether it may be a code of ISO 3166-1.
fn is_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())
}
