//! Charts as PNG: drawn at a multiple of their size and averaged down, because plotters draws hard edges.

use anyhow::{Context as _, anyhow};
use plotters::backend::BitMapBackend;
use plotters::prelude::DrawingBackend;
use plotters::style::{FontStyle, register_font};
use plotters_backend::text_anchor::VPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

/// Pictures of at most this many pixels are drawn three times as large, others twice.
const LARGE: u32 = 2_000_000;

/// Makes the font known that text is drawn with.
pub(crate) fn register_fonts() -> anyhow::Result<()> {
    for (style, font) in [(FontStyle::Normal, dejavu::sans::regular()), (FontStyle::Bold, dejavu::sans::bold())] {
        register_font("sans-serif", style, font).map_err(|_| anyhow!("the built-in font cannot be read"))?;
    }
    Ok(())
}

/// The PNG of what `draw` draws on a backend, given the scale it shall draw in.
pub(crate) fn png(
    (width, height): (u32, u32),
    draw: impl FnOnce(Raster<'_>, f64) -> wiresift::error::Result<()>,
) -> anyhow::Result<Vec<u8>> {
    let factor = if width * height <= LARGE { 3 } else { 2 };
    let size = (width * factor, height * factor);
    let mut large = vec![0; bytes_of(size)?];
    draw(Raster(BitMapBackend::with_buffer(&mut large, size)), f64::from(factor))?;
    encode(&averaged(&large, size.0, factor), (width, height))
}

fn bytes_of((width, height): (u32, u32)) -> anyhow::Result<usize> {
    usize::try_from(u64::from(width) * u64::from(height) * 3).context("the picture is too large")
}

/// Each pixel of the result is the mean of `factor` by `factor` pixels.
fn averaged(large: &[u8], width: u32, factor: u32) -> Vec<u8> {
    let (row, factor) = (width as usize * 3, factor as usize);
    let area = u32::try_from(factor * factor).unwrap_or(1);
    let mut out = Vec::with_capacity(large.len() / (factor * factor));
    let mut sums = vec![0_u32; row / factor];
    for band in large.chunks_exact(row * factor) {
        sums.fill(0);
        for line in band.chunks_exact(row) {
            for (block, sum) in line.chunks_exact(3 * factor).zip(sums.chunks_exact_mut(3)) {
                for pixel in block.chunks_exact(3) {
                    sum.iter_mut().zip(pixel).for_each(|(s, p)| *s += u32::from(*p));
                }
            }
        }
        out.extend(sums.iter().map(|s| u8::try_from((s + area / 2) / area).unwrap_or(u8::MAX)));
    }
    out
}

fn encode(rgb: &[u8], (width, height): (u32, u32)) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgb)?;
    writer.finish()?;
    Ok(out)
}

/// plotters' bitmap, with text where its anchor says.
pub(crate) struct Raster<'a>(BitMapBackend<'a>);

impl Raster<'_> {
    /// plotters 0.3.7 sets the baseline of `ab_glyph` text half a font size below the top of a box that is 1/1.24 of it
    /// high: capitals, 0.63 of it high, stand out at the top. These shares of the font size bring them to their anchor.
    fn shift(style: &impl BackendTextStyle) -> BackendCoord {
        let share = match style.anchor().v_pos {
            VPos::Top => 0.16,
            VPos::Center => 0.22,
            VPos::Bottom => 0.1,
        };
        #[allow(clippy::cast_possible_truncation)] // a few pixels
        let down = (style.size() * share).round() as i32;
        style.transform().transform(0, down)
    }
}

type Drawn<'a> = Result<(), DrawingErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>>;

impl<'a> DrawingBackend for Raster<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn<'a> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Drawn<'a> {
        self.0.present()
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Drawn<'a> {
        self.0.draw_pixel(at, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn<'a> {
        self.0.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn<'a> {
        self.0.draw_rect(a, b, style, fill)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn<'a> {
        let (dx, dy) = Self::shift(style);
        self.0.draw_text(text, style, (at.0 + dx, at.1 + dy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_blocks() {
        // Two by two blocks of one picture row: black and white mixed, then all white.
        let large = [[0, 0, 0], [255, 255, 255], [255; 3], [255; 3], [0; 3], [255; 3], [255; 3], [255; 3]].concat();
        assert_eq!(averaged(&large, 4, 2), [128, 128, 128, 255, 255, 255]);
    }
}
