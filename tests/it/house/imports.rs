//! Which file uses which, read from the `use` lines of the source: layers point downwards, and circles stay small.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, none, rust};

/// The top of the library, lowest layer first. A file uses its own layer and those before it.
const LAYERS: &[&[&str]] = &[
    &[
        "clock",
        "digest",
        "in_flight",
        "lane",
        "lenient",
        "open_enum",
        "phone",
        "postgres",
        "refusals",
        "secret",
        "sqlite",
        "zone_files",
    ],
    &["ids", "message"],
    &["error"],
    &["client"],
    &["api"],
    &["auth"],
    &["webhooks"],
    &["workflows"],
    &["recipes"],
    &["setup"],
    &["serve"],
    &["testing"],
];

/// The recipe's folders: core decides, store keeps, engine does, board shows.
const RECIPE: &[&[&str]] = &[
    &["core"],
    &["recipe_file", "store"],
    &["engine"],
    &["board"],
];

/// The parts of the recipe's core.
const CORE: &[&[&str]] = &[
    &["caller", "diagnostic", "entry_tag", "spelling"],
    &["call"],
    &["compliance"],
    &["model"],
    &["copy", "reply"],
    &["recipe"],
    &["presets"],
    &["ledger"],
    &["episode"],
    &["signal"],
    &["workflow_call"],
    &["redact", "report"],
];

/// The crate of the command `gohighlevel`.
const COMMAND: &str = "src/bin/gohighlevel/";

/// The most files that may use each other in a circle: one idea in a few files.
const LARGEST_CIRCLE: usize = 4;

/// A module by the names on the way to it, such as `["client", "pacer"]`.
type Module = Vec<String>;

/// The library's modules that are files, and what each uses.
struct Imports {
    edges: BTreeMap<Module, BTreeSet<Module>>,
}

/// One name that a `use` line brings in.
struct Import {
    public: bool,
    path: Vec<String>,
}

impl Imports {
    /// Those of the library.
    fn read() -> Self {
        let mut sources = rust(&["src"]);
        sources.retain(|source| !source.name.starts_with(COMMAND));
        Self::of(&sources, "src/")
    }

    /// Those of the command, a crate of its own: it reaches the library only through what is public, and the library cannot name
    /// it at all.
    fn of_the_command() -> Self {
        Self::of(&rust(&[COMMAND]), COMMAND)
    }

    fn of(sources: &[Source], root: &str) -> Self {
        let imports: BTreeMap<Module, Vec<Import>> = sources
            .iter()
            .map(|source| (module_of(root, &source.name), imports_of(source)))
            .collect();
        let edges = imports
            .iter()
            .map(|(module, used)| {
                let targets = used
                    .iter()
                    .filter_map(|import| {
                        let target = definer(&imports, module, &import.path, 0)?;
                        // What a module shows of its own parts is no use of them.
                        let shows = import.public && target.starts_with(module);
                        (target != *module && !shows).then_some(target)
                    })
                    .collect();
                (module.clone(), targets)
            })
            .collect();
        Self { edges }
    }

    /// Every use that points to a higher layer than its own, among the modules below `folder`.
    fn upward(&self, folder: &[&str], layers: &[&[&str]]) -> Vec<String> {
        let rank = |module: &Module| {
            let inside = module.strip_prefix(&owned(folder)[..])?;
            let name = inside.first()?;
            let rank = layers
                .iter()
                .position(|layer| layer.contains(&name.as_str()));
            Some(rank.unwrap_or_else(|| panic!("`{name}` has no layer: give it one")))
        };
        let mut found = Vec::new();
        for (module, targets) in &self.edges {
            let Some(own) = rank(module) else { continue };
            for target in targets {
                if rank(target).is_some_and(|theirs| theirs > own) {
                    found.push(format!("{} uses {}", module.join("::"), target.join("::")));
                }
            }
        }
        found
    }

    /// The sets of modules that use each other, each larger than one.
    fn circles(&self) -> Vec<Vec<String>> {
        let reached: BTreeMap<&Module, BTreeSet<&Module>> = self
            .edges
            .keys()
            .map(|module| (module, self.reached_from(module)))
            .collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for (module, reaches) in &reached {
            if !reaches.contains(module) || seen.contains(module) {
                continue;
            }
            let circle: Vec<&Module> = reaches
                .iter()
                .copied()
                .filter(|other| reached.get(other).is_some_and(|back| back.contains(module)))
                .collect();
            seen.extend(circle.iter().copied());
            circles.push(circle.into_iter().map(|module| module.join("::")).collect());
        }
        circles
    }

    fn reached_from<'a>(&'a self, start: &Module) -> BTreeSet<&'a Module> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Module> = self.edges.get(start).into_iter().flatten().collect();
        while let Some(module) = open.pop() {
            if reached.insert(module) {
                open.extend(self.edges.get(module).into_iter().flatten());
            }
        }
        reached
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Below `src/`, `src/client/mod.rs` is `client`, and `src/client/send.rs` is `client::send`.
fn module_of(root: &str, file: &str) -> Module {
    let path = file
        .strip_prefix(root)
        .unwrap()
        .strip_suffix(".rs")
        .unwrap();
    let mut names: Module = path.split('/').map(str::to_owned).collect();
    if matches!(
        names.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        names.pop();
    }
    names
}

/// The names that the `use` lines of a file bring in, outside of its tests.
fn imports_of(source: &Source) -> Vec<Import> {
    let mut imports = Vec::new();
    let mut lines = source.code().map(|(_, line)| line.trim());
    while let Some(line) = lines.next() {
        let Some((before, tree)) = line.split_once("use ") else {
            continue;
        };
        let public = before.starts_with("pub");
        if !(before.is_empty() || (public && before.ends_with(' '))) {
            continue;
        }
        let mut tree = tree.to_owned();
        while !tree.ends_with(';') {
            let Some(more) = lines.next() else { break };
            tree.push_str(more);
        }
        let tree = tree.trim_end_matches(';');
        let mut paths = Vec::new();
        expand("", tree, &mut paths);
        imports.extend(paths.into_iter().map(|path| Import {
            public,
            path: path.split("::").map(str::to_owned).collect(),
        }));
    }
    imports
}

/// Every path of a tree such as `super::{one::A, two::{B, C as D}}`.
fn expand(before: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(brace) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree).trim();
        let path = format!("{before}{path}");
        let path = path.trim_end_matches("::self").trim_end_matches("::*");
        paths.push(path.to_owned());
        return;
    };
    let before = format!("{before}{}", &tree[..brace]);
    let inside = &tree[brace + 1..tree.rfind('}').unwrap()];
    let mut depth = 0;
    let mut start = 0;
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&before, &inside[start..at], paths);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inside[start..].trim().is_empty() {
        expand(&before, &inside[start..], paths);
    }
}

/// The module whose file defines what this path names, through the modules that pass it on. `None` for other crates.
fn definer(
    imports: &BTreeMap<Module, Vec<Import>>,
    module: &Module,
    path: &[String],
    depth: usize,
) -> Option<Module> {
    let absolute = absolute(imports, module, path)?;
    let known = (0..=absolute.len())
        .rev()
        .map(|end| absolute[..end].to_vec())
        .find(|module| imports.contains_key(module))?;
    let Some(name) = absolute.get(known.len()) else {
        return Some(known);
    };
    let passed_on = imports[&known]
        .iter()
        .find(|import| import.public && import.path.last() == Some(name));
    match passed_on {
        Some(import) if depth < 8 => {
            definer(imports, &known, &import.path, depth + 1).or(Some(known))
        }
        _ => Some(known),
    }
}

fn absolute(
    imports: &BTreeMap<Module, Vec<Import>>,
    module: &Module,
    path: &[String],
) -> Option<Module> {
    let first = path.first()?;
    let supers = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match first.as_str() {
        "crate" => (&[][..], &path[1..]),
        "self" => (&module[..], &path[1..]),
        "super" => (
            &module[..module.len().checked_sub(supers)?],
            &path[supers..],
        ),
        _ => {
            let child = [&module[..], std::slice::from_ref(first)].concat();
            imports.get(&child)?;
            (&module[..], path)
        }
    };
    Some([base, rest].concat())
}

#[test]
fn layers_point_downwards() {
    let imports = Imports::read();
    none(imports.upward(&[], LAYERS));
    none(imports.upward(&["recipes", "missed_call"], RECIPE));
    none(imports.upward(&["recipes", "missed_call", "core"], CORE));
}

#[test]
fn circles_of_files_are_small() {
    for imports in [Imports::read(), Imports::of_the_command()] {
        assert!(imports.edges.len() > 5, "{:?}", imports.edges.keys());
        let circles = imports.circles();
        let large = circles
            .iter()
            .filter(|circle| circle.len() > LARGEST_CIRCLE);
        none(large.map(|circle| circle.join(" ")).collect());
    }
}

#[test]
fn what_a_use_line_brings_in_is_read() {
    let source = Source {
        name: "src/client/send.rs".into(),
        text: "pub(crate) use super::{\n    one::A,\n    two::{B, C as D, self},\n};\nuse crate::error::*;\n\
               fn because() { \"use it\"; }\n"
            .into(),
    };
    let paths: Vec<String> = imports_of(&source)
        .iter()
        .map(|import| format!("{} {}", import.public, import.path.join("::")))
        .collect();
    assert_eq!(
        paths,
        [
            "true super::one::A",
            "true super::two::B",
            "true super::two::C",
            "true super::two",
            "false crate::error",
        ]
    );
}
