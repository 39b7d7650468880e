//! Charts of a report, drawn on any plotters backend: the page's canvas, SVG or a bitmap.
//!
//! Each function draws one chart and gives back a map from pixels to data, which stays usable after the backend is
//! gone: tooltips, the movable threshold and the link from a point to its row are made of it.

mod frame;
mod histogram;
mod marks;
mod palette;
mod scale;
mod scatter;
mod timeline;

pub use histogram::{HistogramMap, draw_histogram};
pub use palette::Theme;
pub use scatter::{ScatterMap, draw_scatter};
pub use timeline::{TimelineMap, draw_timeline};

use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::{CoordTranslate, ReverseCoordTranslate};

use scale::Scale;

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Light or dark.
    pub theme: Theme,
    /// Device pixels a logical pixel: text, strokes and points grow with it. **Range** 0.25 to 16.
    pub scale: f64,
}

impl Default for Style {
    fn default() -> Self {
        Self { theme: Theme::Light, scale: 1.0 }
    }
}

/// plotters' own coordinates of a drawn chart, both ways.
#[derive(Clone)]
struct Plane(Cartesian2d<Scale, Scale>);

impl Plane {
    /// The data at a pixel; `None` outside the plot area.
    fn data_at(&self, x: i32, y: i32) -> Option<(f64, f64)> {
        self.0.reverse_translate((x, y))
    }

    /// The pixel of a datum; data beyond the axes lie on the border.
    fn pixel_of(&self, x: f64, y: f64) -> (i32, i32) {
        self.0.translate(&(x, y))
    }

    /// Left, top, right and bottom pixel of the plot area.
    fn area(&self) -> (i32, i32, i32, i32) {
        let (x, y) = (self.0.get_x_axis_pixel_range(), self.0.get_y_axis_pixel_range());
        (x.start, y.start, x.end, y.end)
    }
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Plane").field(&self.area()).finish()
    }
}
