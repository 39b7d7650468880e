//! How a record's values are shown to people: each field has its label where it is declared.

use super::{Listed, Tally, Text};

/// A value that may be shown, or is not there.
pub trait Shown {
    /// The value in words; `None` where there is nothing to show.
    fn shown(&self) -> Option<String>;
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> Option<String> {
        self.as_ref().and_then(T::shown)
    }
}

impl Shown for Text {
    fn shown(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.to_string())
    }
}

impl Shown for &'static str {
    fn shown(&self) -> Option<String> {
        (!self.is_empty()).then(|| (*self).to_owned())
    }
}

impl Shown for bool {
    fn shown(&self) -> Option<String> {
        self.then(|| "yes".to_owned())
    }
}

/// A counter: nothing happened at 0.
impl Shown for u64 {
    fn shown(&self) -> Option<String> {
        (*self != 0).then(|| self.to_string())
    }
}

/// Numbers of a protocol mean something at 0 as well.
macro_rules! shown_codes {
    ($($kind:ty),*) => {
        $(impl Shown for $kind {
            fn shown(&self) -> Option<String> {
                Some(self.to_string())
            }
        })*
    };
}

shown_codes!(u8, u16, u32, std::net::IpAddr);

impl Shown for Tally {
    fn shown(&self) -> Option<String> {
        let parts: Vec<String> = self.iter().map(|(name, n)| format!("{name} {n}")).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl<T: Shown> Shown for Listed<T> {
    fn shown(&self) -> Option<String> {
        let first: Vec<String> = self.first.iter().filter_map(T::shown).collect();
        match self.total {
            0 => None,
            n if n == crate::units::count(first.len()) => Some(first.join(", ")),
            n => Some(format!("{} ({n} in all)", first.join(", "))),
        }
    }
}

/// A protocol's record: its fields with their documentation and the labels that people see. Counters of 0, absent values
/// and empty lists are not shown.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty => $label:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl $name {
            /// Labels and values of what is there, for people.
            #[must_use]
            pub fn fields(&self) -> Vec<(&'static str, String)> {
                let shown = [$(($label, $crate::report::Shown::shown(&self.$field)),)*];
                shown.into_iter().filter_map(|(label, value)| value.map(|value| (label, value))).collect()
            }
        }

        $crate::report::application::held::held!($name { $($field),* });
    };
}
pub(super) use record;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Held;

    record! {
        /// A record.
        Sample {
            /// A name.
            name: Option<Text> => "Name",
            /// A count.
            failures: u64 => "Failures",
            /// Words.
            commands: Tally => "Commands",
            /// Files.
            files: Listed<Text> => "Files",
            /// Whether.
            is_encrypted: bool => "Encrypted",
            /// A code.
            code: Option<u8> => "Code",
        }
    }

    #[test]
    fn shows_what_is_there() {
        let mut sample = Sample::default();
        assert_eq!(sample.fields(), []);
        let empty = sample.held_bytes();
        sample.code = Some(0);
        sample.name = Some(Text::new(b"a"));
        sample.commands.add("GET");
        sample.files.add(1, || Text::new(b"x"));
        sample.files.add(1, || Text::new(b"y"));
        let shown = sample.fields();
        let pairs: Vec<_> = shown.iter().map(|(label, value)| (*label, value.as_str())).collect();
        let expected = [("Name", "a"), ("Commands", "GET 1"), ("Files", "x (2 in all)"), ("Code", "0")];
        assert_eq!(pairs, expected);
        assert!(sample.held_bytes() > empty);
    }
}
