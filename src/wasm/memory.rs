//! The wasm's memory, grown ahead of what the allocator asks for.

/// Bytes that are free before a piece is read.
const LEAST_AHEAD: usize = 4 << 20;

/// Bytes that memory grows by at once, at most.
const MOST_AHEAD: usize = 32 << 20;

/// Sees that there is free memory, of a run that may use `budget` bytes. The allocator would else ask the browser for
/// 64 KiB at a time, and each time costs the browser a new buffer object and the collection of the old one: a tenth of
/// a run with many flows.
pub(super) fn grow_ahead(budget: u64) {
    let before = size();
    reserve(LEAST_AHEAD);
    if size() == before {
        return;
    }
    let step = (before / 4).min(MOST_AHEAD);
    let fits = u64::try_from(before.saturating_add(LEAST_AHEAD + step)).is_ok_and(|all| all <= budget);
    if fits && step > LEAST_AHEAD {
        reserve(step);
    }
}

/// Leaves `bytes` free in one piece, where there is room for them.
fn reserve(bytes: usize) {
    let mut piece = Vec::<u8>::new();
    // Without them the allocator asks for what it needs, as it comes.
    let _ = piece.try_reserve_exact(bytes);
    drop(std::hint::black_box(piece));
}

/// Bytes of the memory.
#[cfg(target_arch = "wasm32")]
fn size() -> usize {
    core::arch::wasm32::memory_size::<0>() << 16
}

/// A native process's memory is not one piece.
#[cfg(not(target_arch = "wasm32"))]
fn size() -> usize {
    0
}
