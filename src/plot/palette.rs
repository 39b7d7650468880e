//! The colours: Okabe and Ito's set, which people with any colour vision tell apart, on a light and a dark ground.
//!
//! **Source** Okabe & Ito, "Color Universal Design" (2008).

use plotters::style::RGBColor;

use crate::report::Severity;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark ink on white.
    #[default]
    Light,
    /// Light ink on near black.
    Dark,
}

/// Everything a chart is coloured with.
#[derive(Debug)]
pub(super) struct Palette {
    pub(super) background: RGBColor,
    pub(super) text: RGBColor,
    pub(super) muted: RGBColor,
    pub(super) grid: RGBColor,
    pub(super) axis: RGBColor,
    /// What is not anomalous.
    pub(super) normal: RGBColor,
    /// What is; no cluster has this colour.
    pub(super) anomaly: RGBColor,
    /// Clusters, largest first; with more clusters the colours come again with another shape.
    pub(super) clusters: [RGBColor; 6],
    /// Severities from none to critical; those of one colour differ by shape.
    pub(super) severities: [RGBColor; 6],
}

static LIGHT: Palette = Palette {
    background: RGBColor(0xFF, 0xFF, 0xFF),
    text: RGBColor(0x1B, 0x1F, 0x24),
    muted: RGBColor(0x57, 0x60, 0x6A),
    grid: RGBColor(0xE6, 0xE9, 0xED),
    axis: RGBColor(0x8C, 0x95, 0x9F),
    normal: RGBColor(0x00, 0x72, 0xB2),
    anomaly: RGBColor(0xD5, 0x5E, 0x00),
    clusters: [
        RGBColor(0x00, 0x72, 0xB2),
        RGBColor(0x00, 0x9E, 0x73),
        RGBColor(0xCC, 0x79, 0xA7),
        RGBColor(0x56, 0xB4, 0xE9),
        RGBColor(0xE6, 0x9F, 0x00),
        RGBColor(0x5B, 0x63, 0x6C),
    ],
    severities: [
        RGBColor(0x7D, 0x87, 0x91),
        RGBColor(0x00, 0x72, 0xB2),
        RGBColor(0x00, 0x72, 0xB2),
        RGBColor(0xA8, 0x70, 0x00),
        RGBColor(0xD5, 0x5E, 0x00),
        RGBColor(0xB2, 0x3A, 0x00),
    ],
};

// Blue and vermillion are lightened until they stand 3:1 or better on the dark ground.
static DARK: Palette = Palette {
    background: RGBColor(0x12, 0x16, 0x1C),
    text: RGBColor(0xE8, 0xEC, 0xF1),
    muted: RGBColor(0x9A, 0xA6, 0xB2),
    grid: RGBColor(0x28, 0x2F, 0x38),
    axis: RGBColor(0x5F, 0x6B, 0x78),
    normal: RGBColor(0x3D, 0x9B, 0xD9),
    anomaly: RGBColor(0xF5, 0x80, 0x2A),
    clusters: [
        RGBColor(0x3D, 0x9B, 0xD9),
        RGBColor(0x1F, 0xB8, 0x8A),
        RGBColor(0xD9, 0x8F, 0xB9),
        RGBColor(0x8B, 0xCF, 0xF5),
        RGBColor(0xF0, 0xE4, 0x42),
        RGBColor(0xA9, 0xB1, 0xBA),
    ],
    severities: [
        RGBColor(0x7E, 0x8A, 0x97),
        RGBColor(0x3D, 0x9B, 0xD9),
        RGBColor(0x3D, 0x9B, 0xD9),
        RGBColor(0xF0, 0xC0, 0x4A),
        RGBColor(0xF5, 0x80, 0x2A),
        RGBColor(0xFF, 0x7A, 0x4D),
    ],
};

impl Theme {
    pub(super) fn palette(self) -> &'static Palette {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

impl Palette {
    pub(super) fn cluster(&self, id: u16) -> RGBColor {
        self.clusters.get(usize::from(id) % self.clusters.len()).copied().unwrap_or(self.normal)
    }

    pub(super) fn severity(&self, severity: Severity) -> RGBColor {
        let [none, info, low, medium, high, critical] = self.severities;
        match severity {
            Severity::None => none,
            Severity::Info => info,
            Severity::Low => low,
            Severity::Medium => medium,
            Severity::High => high,
            Severity::Critical => critical,
        }
    }

    /// The colour of text on a ground of any colour: the ink or the ground of the theme, whichever is further from it.
    pub(super) fn ink_on(&self, ground: RGBColor) -> RGBColor {
        if contrast(self.text, ground) >= contrast(self.background, ground) { self.text } else { self.background }
    }

    fn all(&self) -> Vec<RGBColor> {
        let Self { background, text, muted, grid, axis, normal, anomaly, clusters, severities } = self;
        let plain = [background, text, muted, grid, axis, normal, anomaly];
        plain.into_iter().chain(clusters).chain(severities).copied().collect()
    }
}

/// Rules of a style sheet that make dark charts of light ones that were drawn as SVG: the SVG names its colours in
/// attributes, and each has its counterpart.
#[must_use]
pub fn dark_rules() -> String {
    let hex = |c: RGBColor| format!("#{:02X}{:02X}{:02X}", c.0, c.1, c.2);
    let pairs = LIGHT.all().into_iter().zip(DARK.all()).map(|(light, dark)| (hex(light), hex(dark)));
    let rule = |(light, dark): (String, String)| {
        format!("svg [fill=\"{light}\"]{{fill:{dark}}}svg [stroke=\"{light}\"]{{stroke:{dark}}}\n")
    };
    pairs.map(rule).collect()
}

/// The mixture of two colours with `share` of the second.
pub(super) fn blend(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let mix = |a: u8, b: u8| {
        let value = f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0);
        u8::try_from(super::frame::pixel(value)).unwrap_or(b)
    };
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Relative luminance of sRGB, 0 to 1 (WCAG 2.2).
fn luminance(c: RGBColor) -> f64 {
    let linear = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { libm::pow((v + 0.055) / 1.055, 2.4) }
    };
    0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2)
}

/// Contrast ratio of two colours, 1 to 21 (WCAG 2.2).
fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    if a > b { a / b } else { b / a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_marks_stand_out_from_the_ground() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = theme.palette();
            assert!(contrast(p.text, p.background) >= 7.0);
            assert!(contrast(p.muted, p.background) >= 4.5);
            assert!(contrast(p.normal, p.background) >= 3.0);
            assert!(contrast(p.anomaly, p.background) >= 3.0);
            assert!(p.severities.iter().all(|color| contrast(*color, p.background) >= 3.0));
        }
    }

    #[test]
    fn numbers_stand_out_from_every_shade() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = theme.palette();
            for step in 0..=100 {
                let ground = blend(p.background, p.normal, f64::from(step) / 100.0);
                assert!(contrast(p.ink_on(ground), ground) >= 3.0, "{theme:?} {step}");
            }
        }
    }

    #[test]
    fn every_light_colour_has_one_dark_counterpart() {
        let pairs: Vec<_> = LIGHT.all().into_iter().zip(DARK.all()).collect();
        for (light, dark) in &pairs {
            assert!(pairs.iter().all(|(l, d)| l != light || d == dark), "{light:?}");
        }
        let rules = dark_rules();
        assert!(rules.contains("svg [fill=\"#D55E00\"]{fill:#F5802A}"), "{rules}");
    }

    #[test]
    fn no_cluster_looks_like_an_anomaly() {
        for theme in [Theme::Light, Theme::Dark] {
            let p = theme.palette();
            assert!((0..100).all(|id| p.cluster(id) != p.anomaly));
        }
    }
}
