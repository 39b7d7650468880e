//! A part of a record that takes memory only where there is something in it.

use std::ops::{Deref, DerefMut};

/// What stands for a part that is not there.
pub trait Blank: Default + 'static {
    /// The default, without making one.
    const BLANK: &'static Self;
}

/// A `T` that is kept in a box of its own, and only once it has been written to: until then it reads as its default.
///
/// Most flows of a flood are one packet that nothing answers; what the responder did is then nothing, a million times.
///
/// **Memory** eight bytes where there is nothing in it.
#[derive(Clone)]
pub struct Sparse<T: Blank>(Option<Box<T>>);

impl<T: Blank> Sparse<T> {
    /// Bytes on the heap that one takes that has been written to, with what the allocator adds.
    pub const HEAP_BYTES: usize = size_of::<T>() + 16;

    /// Whether it takes memory of its own: it may hold something.
    #[must_use]
    #[inline]
    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }
}

impl<T: Blank> Default for Sparse<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Blank> From<T> for Sparse<T> {
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

impl<T: Blank> Deref for Sparse<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or(T::BLANK)
    }
}

impl<T: Blank> DerefMut for Sparse<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_with(Box::default)
    }
}

impl<T: Blank + PartialEq> PartialEq for Sparse<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Blank + std::fmt::Debug> std::fmt::Debug for Sparse<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Direction;

    #[test]
    fn reads_as_the_default_until_it_is_written_to() {
        let mut side: Sparse<Direction> = Sparse::default();
        assert_eq!((side.packets, side.payload.mean(), side.is_kept()), (0, None, false));
        assert_eq!(side, Direction::default().into());
        side.packets += 1;
        assert!(side.is_kept() && side != Sparse::default() && side.clone() == side);
    }
}
