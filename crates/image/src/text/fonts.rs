use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};

use resvg::usvg::fontdb::{Database, FaceInfo, Stretch, Style, Weight};

use super::typeface;

/// Installed fonts, read on first use and shared by all clones. Files are mapped, not copied into memory.
///
/// The default is the system's font directories (`/usr/share/fonts`, `/usr/local/share/fonts`, `~/.fonts`,
/// `~/.local/share/fonts`), read at most once in a process.
#[derive(Debug, Clone)]
pub struct Fonts(Arc<Source>);

#[derive(Debug)]
struct Source {
    /// `None` is the system's.
    directories: Option<Vec<PathBuf>>,
    database: OnceLock<Arc<Database>>,
}

impl Default for Fonts {
    fn default() -> Self {
        static SYSTEM: LazyLock<Fonts> =
            LazyLock::new(|| Fonts(Arc::new(Source { directories: None, database: OnceLock::new() })));
        SYSTEM.clone()
    }
}

impl Fonts {
    /// The fonts in `directories` and below them, and no others. What is not a font is skipped.
    pub fn load(directories: &[PathBuf]) -> Self {
        Self(Arc::new(Source { directories: Some(directories.to_vec()), database: OnceLock::new() }))
    }

    /// The faces, in the order in which they are asked for a glyph that the chosen font lacks, whatever the order of the
    /// files on disk. The generic families of CSS name installed fonts.
    pub fn database(&self) -> Arc<Database> {
        let read = || {
            let mut found = Database::new();
            match &self.0.directories {
                Some(directories) => directories.iter().for_each(|directory| found.load_fonts_dir(directory)),
                None => found.load_system_fonts(),
            }
            Arc::new(ordered(&found))
        };
        self.0.database.get_or_init(read).clone()
    }
}

fn ordered(found: &Database) -> Database {
    let mut faces: Vec<&FaceInfo> = found.faces().collect();
    faces.sort_by_cached_key(|face| {
        let regular = face.style == Style::Normal && face.weight == Weight::NORMAL && face.stretch == Stretch::Normal;
        (
            !regular,
            typeface::fallback_rank(face),
            face.post_script_name.clone(),
            format!("{:?}", face.source),
            face.index,
        )
    });
    let mut database = Database::new();
    for face in faces {
        database.push_face_info(face.clone());
    }
    let first = |generic| typeface::first_installed(&database, generic).map(str::to_owned);
    let [sans, serif, mono] = [typeface::SANS, typeface::SERIF, typeface::MONOSPACE].map(first);
    if let Some(sans) = sans {
        database.set_sans_serif_family(&sans);
        database.set_cursive_family(&sans);
        database.set_fantasy_family(&sans);
    }
    if let Some(serif) = serif {
        database.set_serif_family(serif);
    }
    if let Some(mono) = mono {
        database.set_monospace_family(mono);
    }
    database
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_is_read_once() {
        let (a, b) = (Fonts::default().database(), Fonts::default().clone().database());
        assert!(Arc::ptr_eq(&a, &b));
    }

    #[test]
    fn directories_replace_the_system() {
        let empty = Fonts::load(&[PathBuf::from("/nonexistent")]);
        assert!(empty.database().is_empty());
    }

    #[test]
    fn regular_faces_come_first() {
        let database = Fonts::default().database();
        let Some(first) = database.faces().next() else { return };
        assert_eq!((first.weight, first.style), (Weight::NORMAL, Style::Normal));
    }
}
