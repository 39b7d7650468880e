//! What runs, as far as a flow's bytes show it.

use serde::Serialize;

/// A kind of program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// PE.
    Windows,
    /// ELF.
    Linux,
    /// Mach-O.
    Mac,
    /// A Java class.
    Java,
    /// Dalvik.
    Android,
    /// A shortcut of Windows.
    Shortcut,
    /// Text that names its interpreter.
    Script,
    /// An Office document of the old kind, which may have macros, or an installer of Windows.
    Compound,
}

impl Program {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows => "Windows program",
            Self::Linux => "Linux program",
            Self::Mac => "macOS program",
            Self::Java => "Java class",
            Self::Android => "Android program",
            Self::Shortcut => "Windows shortcut",
            Self::Script => "script",
            Self::Compound => "old Office document or installer",
        }
    }

    /// Whether it is machine code.
    #[must_use]
    pub fn is_native(self) -> bool {
        matches!(self, Self::Windows | Self::Linux | Self::Mac | Self::Android)
    }
}
