//! The decisions of the recipe, by the folders of `core`.

mod compliance;
mod copy;
mod episode;
mod recipe;
mod reply;
mod report;
