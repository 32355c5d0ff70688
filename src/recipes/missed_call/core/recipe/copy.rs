//! The copy of a recipe's texts and e-mails: the words of a step, in the name of the recipe's business.

use super::{EmailStep, Recipe, TextStep, TextVariant};
use crate::recipes::missed_call::core::copy::{
    CopyError, MergeValues, MessageCopy, SenderKind, Template, render,
};
use crate::recipes::missed_call::core::model::StepName;

impl MessageCopy {
    /// The copy of a text of a recipe.
    pub(crate) fn of_step(recipe: &Recipe, name: &StepName, text: &TextStep) -> Self {
        Self {
            opt_out: text.opt_out.clone(),
            max_segments: text.max_segments,
            ..Self::of_recipe(recipe, name, &text.body)
        }
    }

    /// The copy of a variant of a text.
    pub(crate) fn of_variant(recipe: &Recipe, text: &TextStep, variant: &TextVariant) -> Self {
        Self {
            body: variant.body.clone(),
            opt_out: variant.opt_out.clone(),
            ..Self::of_step(recipe, &variant.name, text)
        }
    }

    /// What the e-mail of a recipe must keep to, with its body.
    pub(crate) fn of_email(recipe: &Recipe, name: &StepName, email: &EmailStep) -> Self {
        Self::of_recipe(recipe, name, &email.body)
    }

    /// The copy of a text that confirms an opt-out: the person who gets it has just said how to stop.
    pub(crate) fn of_confirmation(recipe: &Recipe, name: &StepName, body: &Template) -> Self {
        Self::of_recipe(recipe, name, body)
    }

    /// These words in the name of the recipe's business, with no line about STOP.
    fn of_recipe(recipe: &Recipe, name: &StepName, body: &Template) -> Self {
        Self {
            name: name.to_string(),
            body: body.clone(),
            opt_out: None,
            business_name: recipe.display_name.clone(),
            max_segments: Self::DEFAULT_MAX_SEGMENTS,
            clinical: recipe.hipaa.then(|| recipe.extra_clinical_words.clone()),
        }
    }
}

/// Renders the text of the recipe that answers the call for one contact as [`render`](fn@render) does, to be sent from a number
/// that is not toll-free.
///
/// The business is called by the recipe's `business.display_name` if it has one.
pub fn render_text(recipe: &Recipe, values: &MergeValues) -> Result<String, CopyError> {
    let (name, _, text) = recipe.first_text().ok_or_else(CopyError::no_text)?;
    let copy = MessageCopy::of_step(recipe, name, text);
    Ok(render(&copy, values, SenderKind::LongCode)?
        .body
        .into_inner())
}
