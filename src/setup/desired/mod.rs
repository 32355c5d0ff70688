//! What locations must have: a settings file and a spreadsheet, checked whole before anything is asked.

mod bytes;
mod file;
mod needs;
mod problems;
mod row_template;
mod rows;
mod select;
mod sheet;
mod table;
pub(super) mod wish;

use std::fmt;
use std::io;
use std::path::Path;

pub use problems::InvalidSetup;
pub use select::UnknownLocation;
pub(super) use wish::{
    FieldWish, LinkWish, PipelineWish, Reads, UserWish, ValueRule, ValueWish, Wishes, WorkflowWish,
};

use self::bytes::text_of;
use self::file::FileSpec;
use self::needs::{RecipeSource, Safety};
use self::problems::{Place, Problems};
use self::sheet::Sheet;
use crate::ids::LocationId;
use crate::recipes::missed_call::{Problem, Recipe};

/// The largest file that is read, in bytes: a spreadsheet of ten thousand locations takes less than half of it.
const LONGEST: usize = 8 * 1024 * 1024;

/// What locations must have, checked. What a file does not name is not touched.
///
/// `Debug` shows how much it holds and nothing of it.
#[derive(Clone, PartialEq)]
pub struct Desired {
    file: String,
    company: Option<String>,
    locations: Vec<DesiredLocation>,
    by_hand: Vec<String>,
    recipe: Option<Recipe>,
    safety: Safety,
    warnings: Vec<Problem>,
}

/// What one location must have.
#[derive(Clone, PartialEq)]
pub struct DesiredLocation {
    id: LocationId,
    name: String,
    wishes: Wishes,
}

impl Desired {
    /// Reads a settings file, and the spreadsheet and the recipe that it names, from beside it.
    ///
    /// Fails with all problems of all of them at once; nothing was asked of HighLevel.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, InvalidSetup> {
        let path = path.as_ref();
        let beside = |name: &str| path.parent().unwrap_or(Path::new("")).join(name);
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        Self::from_files(&name, &|wanted: &str| {
            let path = if wanted == name {
                path.to_owned()
            } else {
                beside(wanted)
            };
            std::fs::read(path)
        })
    }

    /// The same from files that are elsewhere: `read` gives the bytes of the settings file, and of each file that it
    /// names.
    pub fn from_files(
        file: &str,
        read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
    ) -> Result<Self, InvalidSetup> {
        let mut problems = Problems::default();
        let mut desired = read_all(&mut problems, file, read);
        desired.warnings = problems.finish()?;
        Ok(desired)
    }

    /// The name of the settings file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The agency that the file names.
    pub fn company(&self) -> Option<&str> {
        self.company.as_deref()
    }

    /// The locations, in the order of their rows.
    pub fn locations(&self) -> &[DesiredLocation] {
        &self.locations
    }

    /// The same for some of the locations alone: those for which `keep` holds.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&DesiredLocation) -> bool) -> Self {
        self.locations.retain(keep);
        self
    }

    /// What a person has to do in every location, as the file says.
    pub fn by_hand(&self) -> &[String] {
        &self.by_hand
    }

    /// The recipe whose needs are part of the plan.
    pub fn recipe(&self) -> Option<&Recipe> {
        self.recipe.as_ref()
    }

    /// What is allowed and probably not meant, such as a column that nobody uses.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The largest share of a location's things that a plan may change without force.
    pub fn at_most_changed(&self) -> f64 {
        self.safety.at_most_changed
    }

    /// How many locations in a row may fail before a run stops.
    pub fn at_most_failed(&self) -> usize {
        self.safety.at_most_failed
    }

    /// Which lists have to be read of a location.
    pub(super) fn reads(&self, location: &DesiredLocation) -> Reads {
        let mut reads = location.wishes.reads();
        if let Some(recipe) = &self.recipe {
            let needs = recipe.requirements();
            reads.details |= needs.location_name || needs.location_phone;
            reads.warnings = true;
        }
        reads
    }
}

impl DesiredLocation {
    /// The location's id.
    pub fn id(&self) -> &LocationId {
        &self.id
    }

    /// The name that plans show: the row's, else the id.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn wishes(&self) -> &Wishes {
        &self.wishes
    }
}

impl fmt::Debug for Desired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desired")
            .field("file", &self.file)
            .field("locations", &self.locations.len())
            .field("warnings", &self.warnings.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DesiredLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DesiredLocation")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// As much as can be understood; what is wrong is reported.
fn read_all(
    problems: &mut Problems,
    file: &str,
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
) -> Desired {
    let whole = Place::new(file, 1, "");
    let text = load(problems, &whole, file, read).and_then(|bytes| match text_of(&bytes) {
        Ok(decoded) => {
            if let Some(warning) = decoded.warning {
                problems.warn(&whole, warning.what, warning.remedy);
            }
            Some(decoded.text)
        }
        Err(diagnostic) => {
            problems.wrong(&whole, diagnostic.what, diagnostic.remedy);
            None
        }
    });
    let spec = text
        .map(|text| FileSpec::read(problems, file, &text))
        .unwrap_or_default();
    let recipe = spec
        .recipe
        .as_ref()
        .and_then(|(source, place)| recipe_of(problems, source, place, read));
    let sheet = spec.locations.as_ref().and_then(|words| {
        let bytes = load(problems, &words.place, &words.text, read)?;
        Sheet::read(problems, &words.text, &bytes)
    });
    let mut locations = Vec::new();
    if let Some(sheet) = &sheet {
        rows::check_columns(problems, &spec, sheet);
        locations = rows::locations(problems, &spec, sheet);
    }
    if let Some(recipe) = &recipe {
        for location in &mut locations {
            location.wishes.add_needs(recipe);
        }
    }
    Desired {
        file: file.to_owned(),
        company: spec.company,
        locations,
        by_hand: spec.by_hand,
        recipe,
        safety: spec.safety,
        warnings: Vec::new(),
    }
}

fn load(
    problems: &mut Problems,
    place: &Place,
    name: &str,
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
) -> Option<Vec<u8>> {
    match read(name) {
        Ok(bytes) if bytes.len() > LONGEST => {
            let what = format!("{name} is larger than {} MiB", LONGEST >> 20);
            problems.wrong(place, what, "name a file with one row a location");
            None
        }
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let what = format!("{name} cannot be read: {error}");
            problems.wrong(
                place,
                what,
                "name a file that lies beside the settings file",
            );
            None
        }
    }
}

fn recipe_of(
    problems: &mut Problems,
    source: &RecipeSource,
    place: &Place,
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
) -> Option<Recipe> {
    let recipe = match source {
        RecipeSource::Preset(name) => Recipe::preset(name),
        RecipeSource::File(name) => Recipe::from_bytes(name, &load(problems, place, name, read)?),
    };
    match (recipe, source) {
        (Ok(recipe), _) => Some(recipe),
        // The file's own problems have its own places.
        (Err(error), RecipeSource::File(_)) => {
            problems.extend(error.problems().iter().cloned());
            None
        }
        (Err(error), RecipeSource::Preset(_)) => {
            let problem = error.problems().first();
            let what = problem.map_or("no preset", |problem| problem.what());
            let remedy = problem.map_or("name a preset", |problem| problem.remedy());
            problems.wrong(place, what, remedy);
            None
        }
    }
}
