//! How much memory a record holds.

/// What holds memory that counts against the budget.
pub trait Held {
    /// Bytes held, itself included, by constants that are the same on every target and not below what a target needs.
    fn held_bytes(&self) -> usize;
}

/// A record's memory: its fields' together.
macro_rules! held {
    ($record:ty { $($field:ident),* $(,)? }) => {
        impl $crate::report::Held for $record {
            fn held_bytes(&self) -> usize {
                0 $(+ $crate::report::Held::held_bytes(&self.$field))*
            }
        }
    };
}
pub(super) use held;

macro_rules! plain {
    ($($kind:ty: $bytes:literal),*) => {
        $(impl Held for $kind {
            fn held_bytes(&self) -> usize {
                $bytes
            }
        })*
    };
}

plain!(bool: 1, u8: 1, u16: 2, u32: 4, u64: 8, i64: 8, f32: 4, f64: 8, &'static str: 16, std::net::IpAddr: 20);

impl<T: Held> Held for Option<T> {
    fn held_bytes(&self) -> usize {
        // What an empty one takes is below what a text takes, the largest thing that is not boxed.
        8 + self.as_ref().map_or(24, Held::held_bytes)
    }
}

impl<T: Held> Held for Vec<T> {
    fn held_bytes(&self) -> usize {
        // A growing list has room for as many again.
        40 + 2 * self.iter().map(Held::held_bytes).sum::<usize>()
    }
}

impl<T: Held> Held for Box<T> {
    fn held_bytes(&self) -> usize {
        24 + T::held_bytes(self)
    }
}

impl<A: Held, B: Held> Held for (A, B) {
    fn held_bytes(&self) -> usize {
        8 + self.0.held_bytes() + self.1.held_bytes()
    }
}

impl<T: Held, const N: usize> Held for [T; N] {
    fn held_bytes(&self) -> usize {
        8 + self.iter().map(Held::held_bytes).sum::<usize>()
    }
}
