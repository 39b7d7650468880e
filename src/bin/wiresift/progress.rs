//! A progress bar on a terminal, for work that takes longer than a moment.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wiresift::pipeline;
use wiresift::units::{count_text, float};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Redraws a second.
const REFRESH: u8 = 8;

/// The bar, once there is one.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    begun: Instant,
    total: Option<u64>,
    is_wanted: bool,
}

impl Progress {
    /// `total` is the number of bytes to come, where it is known.
    pub(crate) fn new(total: Option<u64>, is_quiet: bool) -> Self {
        let is_wanted = !is_quiet && std::io::stderr().is_terminal();
        Self { bar: None, begun: Instant::now(), total, is_wanted }
    }

    /// Shows how far the reading is.
    pub(crate) fn show(&mut self, at: pipeline::Progress) {
        if !self.is_wanted || self.begun.elapsed() < PATIENCE {
            return;
        }
        let rate = float(at.packets) / self.begun.elapsed().as_secs_f64();
        let bar = self.bar.get_or_insert_with(|| bar(self.total));
        bar.set_position(at.bytes);
        bar.set_message(format!("{} packets, {:.2} M/s", count_text(at.packets), rate / 1e6));
    }

    /// Says that the reading is over and the detection runs.
    pub(crate) fn detect(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message("detecting");
            bar.tick();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {decimal_bytes}/{decimal_total_bytes}, {msg}, {eta} left"),
        None => (ProgressBar::no_length(), "{spinner} {decimal_bytes}, {msg}"),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(REFRESH));
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> ").tick_chars("|/-\\ "));
    }
    bar
}
