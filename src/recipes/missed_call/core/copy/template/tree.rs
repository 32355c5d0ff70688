//! A parsed template: its pieces in their order, and the branches of its `if` statements.
//!
//! The tree is kept flat: each piece names its branch, and each branch names the branch around it. So a template of any
//! depth is rendered in one pass, without recursion.

use super::super::error::CopyError;
use super::super::merge_field::MergeField;
use super::super::merge_values::FieldValues;

/// Stand in for a field, and for a field that holds a link, where the words of a template are checked.
pub(in super::super) const FIELD: char = '\u{fffc}';
pub(in super::super) const LINK_FIELD: char = '\u{fffd}';

/// What a template consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Piece {
    /// Literal words.
    Words(String),
    /// `{{ field }}` or `{{ field | default("…") }}`.
    Print {
        field: MergeField,
        default: Option<String>,
        /// Whether it is inside an `if`.
        conditional: bool,
    },
    /// `{% if field %}` or `{% elif field %}`.
    Test(MergeField),
}

impl Piece {
    /// The words, if the piece is literal.
    pub(in super::super) fn as_words(&self) -> Option<&str> {
        match self {
            Self::Words(words) => Some(words),
            _ => None,
        }
    }
}

/// One branch of an `if` statement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Branch {
    /// The branch that contains the statement.
    parent: usize,
    /// The `if` branch of the same statement: at most one branch of a statement is rendered.
    first: usize,
    /// What must hold; nothing for `else`.
    condition: Option<Condition>,
}

/// `field` or `not field`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) field: MergeField,
    pub(super) negated: bool,
}

/// The number of the branch that is always rendered: everything outside any `if`.
pub(super) const ROOT: usize = 0;

/// The pieces and branches of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tree {
    /// Each piece with the number of its branch.
    pieces: Vec<(Piece, usize)>,
    /// The branches after [`ROOT`]; the first has the number 1.
    branches: Vec<Branch>,
}

impl Tree {
    pub(super) fn push(&mut self, piece: Piece, branch: usize) {
        self.pieces.push((piece, branch));
    }

    /// Adds a branch and returns its number. `first` is the `if` branch of its statement, unless it is that itself.
    pub(super) fn add_branch(
        &mut self,
        parent: usize,
        first: Option<usize>,
        condition: Option<Condition>,
    ) -> usize {
        let number = self.branches.len() + 1;
        self.branches.push(Branch {
            parent,
            first: first.unwrap_or(number),
            condition,
        });
        number
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().map(|(piece, _)| piece)
    }

    /// The text with these values.
    pub(super) fn render(&self, values: &FieldValues<'_>) -> Result<String, CopyError> {
        let chosen = self.chosen(values);
        let mut text = String::new();
        for (piece, branch) in &self.pieces {
            if !chosen.get(*branch).is_some_and(|chosen| *chosen) {
                continue;
            }
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Test(_) => {}
                Piece::Print { field, default, .. } => match (values.get(field), default) {
                    (Some(value), _) => text.push_str(value),
                    (None, Some(default)) => text.push_str(default),
                    (None, None) => text.push_str(values.fallback_for(field)?),
                },
            }
        }
        Ok(text)
    }

    /// Whether each branch is rendered, by its number. A branch comes after the one around it and after the earlier
    /// branches of its statement.
    fn chosen(&self, values: &FieldValues<'_>) -> Vec<bool> {
        let mut chosen = vec![true];
        // Whether a branch of the statement was chosen, by the number of its first branch.
        let mut settled = vec![false; self.branches.len() + 1];
        for branch in &self.branches {
            let holds = || match &branch.condition {
                Some(Condition { field, negated }) => values.get(field).is_some() != *negated,
                None => true,
            };
            let is_open = chosen.get(branch.parent).is_some_and(|parent| *parent);
            let mut is_chosen = false;
            if let Some(settled) = settled.get_mut(branch.first) {
                is_chosen = is_open && !*settled && holds();
                *settled |= is_chosen;
            }
            chosen.push(is_chosen);
        }
        chosen
    }
}
