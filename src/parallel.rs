//! Work on many rows, on all cores where there are threads. Results come in the order of the items, so the number of
//! cores changes no byte.

/// What `of` makes of each chunk of `size` items, one after the other.
///
/// `of` is handed whole chunks so that it can keep room for its numbers from item to item.
pub fn chunks<T: Sync, R: Send>(items: &[T], size: usize, of: impl Fn(&[T]) -> Vec<R> + Sync + Send) -> Vec<R> {
    let size = size.max(1);
    // The page has one thread, and no use for the code that shares work out.
    #[cfg(target_arch = "wasm32")]
    return items.chunks(size).flat_map(of).collect();
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        items.par_chunks(size).flat_map_iter(of).collect()
    }
}

/// What `of` makes of each item, for a few items that cost much.
pub fn map<T: Send, R: Send>(items: Vec<T>, of: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    #[cfg(target_arch = "wasm32")]
    return items.into_iter().map(of).collect();
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        items.into_par_iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order() {
        let items: Vec<u32> = (0..10_000).collect();
        for size in [0, 1, 7, 10_000, 20_000] {
            let doubled = chunks(&items, size, |chunk| chunk.iter().map(|n| n * 2).collect());
            assert!(doubled.iter().zip(&items).all(|(d, n)| *d == n * 2) && doubled.len() == items.len());
        }
        assert_eq!(map(items.clone(), |n| n * 2), chunks(&items, 3, |chunk| chunk.iter().map(|n| n * 2).collect()));
        assert_eq!(chunks(&[0u8; 0], 4, <[u8]>::to_vec), Vec::<u8>::new());
    }
}
