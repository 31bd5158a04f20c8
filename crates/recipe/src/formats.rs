use crate::Format;

/// Formats that may be read and written: what an operator leaves switched on of what the build can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// One bit for each format, by its place in [`Format::ALL`].
    read: u16,
    write: u16,
}

impl Default for Formats {
    /// Everything.
    fn default() -> Self {
        Self { read: u16::MAX, write: u16::MAX }
    }
}

impl Formats {
    /// Whether sources of `format` may be read.
    pub fn reads(self, format: Format) -> bool {
        self.read & bit(format) != 0
    }

    /// Whether results of `format` may be written.
    pub fn writes(self, format: Format) -> bool {
        self.write & bit(format) != 0
    }

    /// Switches `format` on or off.
    pub fn set(&mut self, format: Format, read: bool, write: bool) {
        for (set, on) in [(&mut self.read, read), (&mut self.write, write)] {
            *set = if on { *set | bit(format) } else { *set & !bit(format) };
        }
    }
}

fn bit(format: Format) -> u16 {
    1 << format as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_a_switch_of_its_own() {
        for format in Format::ALL {
            let mut formats = Formats::default();
            formats.set(format, false, true);
            assert!(!formats.reads(format) && formats.writes(format));
            assert!(Format::ALL.iter().all(|other| *other == format || formats.reads(*other)));
            formats.set(format, true, false);
            assert!(formats.reads(format) && !formats.writes(format));
            formats.set(format, true, true);
            assert_eq!(formats, Formats::default());
        }
    }
}
