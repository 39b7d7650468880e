//! What was said of flows against what they are.

use std::io::Write;

use serde::Serialize;
use wiresift::classify::{Class, Guess};
use wiresift::error::Result;
use wiresift::units::{count, float};

/// Counts of flows by true and guessed class, and of those that the model was sure enough to name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matrix {
    cells: [[u64; N]; N],
    /// Named: the guess reached its threshold and is a protocol.
    named: [[u64; N]; N],
}

const N: usize = Class::ALL.len();

/// One class's figures. Missing where there is nothing to divide by.
#[derive(Debug, Serialize)]
pub(crate) struct Scores {
    pub(crate) class: &'static str,
    /// Flows of the class.
    pub(crate) flows: u64,
    pub(crate) precision: Option<f64>,
    pub(crate) recall: Option<f64>,
    pub(crate) f1: Option<f64>,
    /// Flows that were named so.
    pub(crate) named: u64,
    /// Share of these that are.
    pub(crate) named_precision: Option<f64>,
    /// Share of the class that was named so.
    pub(crate) named_recall: Option<f64>,
}

/// Everything a matrix says.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) flows: u64,
    /// Share of the flows whose surest class is theirs.
    pub(crate) accuracy: Option<f64>,
    /// Share of the flows that were named.
    pub(crate) named_share: Option<f64>,
    /// Share of these that were named right.
    pub(crate) named_precision: Option<f64>,
    pub(crate) classes: Vec<Scores>,
    /// Rows: true classes; columns: the surest guesses; both in the order of `classes`.
    pub(crate) confusion: Vec<Vec<u64>>,
}

fn place(class: Class) -> usize {
    Class::ALL.iter().position(|c| *c == class).unwrap_or(0)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| float(part) / float(whole))
}

impl Matrix {
    pub(crate) fn add(&mut self, truth: Class, guess: &Guess) {
        let (row, column) = (place(truth), place(guess.class));
        let add = |cells: &mut [[u64; N]; N]| {
            if let Some(cell) = cells.get_mut(row).and_then(|r| r.get_mut(column)) {
                *cell += 1;
            }
        };
        add(&mut self.cells);
        if guess.is_sure && guess.claim().is_some() {
            add(&mut self.named);
        }
    }

    pub(crate) fn flows(&self) -> u64 {
        total(&self.cells)
    }

    pub(crate) fn summary(&self) -> Summary {
        let flows = self.flows();
        let named = total(&self.named);
        Summary {
            flows,
            accuracy: share(diagonal(&self.cells), flows),
            named_share: share(named, flows),
            named_precision: share(diagonal(&self.named), named),
            classes: Class::ALL.into_iter().map(|class| self.scores(class)).collect(),
            confusion: self.cells.iter().map(|row| row.to_vec()).collect(),
        }
    }

    fn scores(&self, class: Class) -> Scores {
        let at = place(class);
        let row = |cells: &[[u64; N]; N]| cells.get(at).map_or(0, |r| r.iter().sum::<u64>());
        let column = |cells: &[[u64; N]; N]| cells.iter().filter_map(|r| r.get(at)).sum::<u64>();
        let hit = |cells: &[[u64; N]; N]| cells.get(at).and_then(|r| r.get(at)).copied().unwrap_or(0);
        let (precision, recall) =
            (share(hit(&self.cells), column(&self.cells)), share(hit(&self.cells), row(&self.cells)));
        let f1 = precision.zip(recall).filter(|(p, r)| p + r > 0.0).map(|(p, r)| 2.0 * p * r / (p + r));
        Scores {
            class: class.name(),
            flows: row(&self.cells),
            precision,
            recall,
            f1,
            named: column(&self.named),
            named_precision: share(hit(&self.named), column(&self.named)),
            named_recall: share(hit(&self.named), row(&self.cells)),
        }
    }

    /// Rows, columns and figures for people.
    pub(crate) fn text(&self, out: &mut dyn Write) -> Result<()> {
        let s = self.summary();
        let percent = |v: Option<f64>| v.map_or_else(|| "-".to_owned(), |v| format!("{:.1} %", v * 100.0));
        writeln!(
            out,
            "{} flows: {} guessed right; {} named, {} of these right\n",
            s.flows,
            percent(s.accuracy),
            percent(s.named_share),
            percent(s.named_precision)
        )?;
        write!(out, "{:10}", "is \\ guess")?;
        for c in &s.classes {
            write!(out, " {:>9}", c.class)?;
        }
        writeln!(out)?;
        for (c, row) in s.classes.iter().zip(&s.confusion) {
            write!(out, "{:10}", c.class)?;
            for n in row {
                write!(out, " {:>9}", if *n == 0 { ".".to_owned() } else { n.to_string() })?;
            }
            writeln!(out)?;
        }
        writeln!(
            out,
            "\n{:10} {:>8} {:>10} {:>8} {:>8} {:>8} {:>14} {:>9}",
            "class", "flows", "precision", "recall", "F1", "named", "named right", "of class"
        )?;
        for c in s.classes.iter().filter(|c| c.flows + c.named > 0) {
            let (precision, recall, f1) = (percent(c.precision), percent(c.recall), percent(c.f1));
            let (right, of) = (percent(c.named_precision), percent(c.named_recall));
            writeln!(
                out,
                "{:10} {:>8} {precision:>10} {recall:>8} {f1:>8} {:>8} {right:>14} {of:>9}",
                c.class, c.flows, c.named
            )?;
        }
        Ok(())
    }
}

fn total(cells: &[[u64; N]; N]) -> u64 {
    cells.iter().flatten().sum()
}

fn diagonal(cells: &[[u64; N]; N]) -> u64 {
    (0..N).filter_map(|i| cells.get(i).and_then(|r| r.get(i))).sum()
}

/// How many of something there are, as reports count.
pub(crate) fn number(n: usize) -> u64 {
    count(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_cells() {
        let mut m = Matrix::default();
        let guess = |class, is_sure| Guess { class, confidence: 0.9, is_sure };
        for (truth, class, is_sure, n) in [
            (Class::Http, Class::Http, true, 6),
            (Class::Http, Class::Ssl, false, 2),
            (Class::OtherTcp, Class::Http, true, 2),
            (Class::OtherTcp, Class::OtherTcp, true, 10),
        ] {
            (0..n).for_each(|_| m.add(truth, &guess(class, is_sure)));
        }
        let s = m.summary();
        assert_eq!((s.flows, s.accuracy, s.named_share, s.named_precision), (20, Some(0.8), Some(0.4), Some(0.75)));
        let http = s.classes.iter().find(|c| c.class == "http").unwrap();
        assert_eq!((http.flows, http.precision, http.recall, http.f1), (8, Some(0.75), Some(0.75), Some(0.75)));
        assert_eq!((http.named, http.named_precision, http.named_recall), (8, Some(0.75), Some(0.75)));
        let dns = s.classes.iter().find(|c| c.class == "dns").unwrap();
        assert_eq!((dns.flows, dns.precision, dns.recall, dns.named), (0, None, None, 0));
    }
}
