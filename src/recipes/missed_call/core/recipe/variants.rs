//! The copies of a text: its own body, the variants for some calls and those of experiments.

use super::{Recipe, TextStep};
use crate::recipes::missed_call::core::copy::{
    Arm, Conditions, CopyError, InvalidVariants, MessageCopy, Template, Variant, Variants,
};
use crate::recipes::missed_call::core::model::StepName;

/// Other words for some calls.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextVariant {
    pub(crate) name: StepName,
    pub(crate) body: Template,
    /// Added after the body, once; without it nothing is added.
    pub(crate) opt_out: Option<String>,
    pub(crate) when: Conditions,
    pub(crate) arm: Option<Arm>,
}

impl TextStep {
    /// All templates it may be made from, its own first.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let variants = self.variants.iter().map(|variant| &variant.body);
        std::iter::once(&self.body).chain(variants)
    }
}

impl Recipe {
    /// The copies of a text, its own first and the others in their order. Its own is for all calls that no other is for.
    /// Fails if the copy for a call is ambiguous.
    pub(crate) fn copies(
        &self,
        name: &StepName,
        text: &TextStep,
    ) -> Result<Variants, InvalidVariants> {
        let own = Variant {
            copy: MessageCopy::of_step(self, name, text),
            when: Conditions::default(),
            arm: text.arm.clone(),
        };
        let others = text.variants.iter().map(|variant| Variant {
            copy: MessageCopy::of_variant(self, text, variant),
            when: variant.when.clone(),
            arm: variant.arm.clone(),
        });
        Variants::new(std::iter::once(own).chain(others).collect())
    }

    /// Fails unless the copy is approved, where it has to be: where the recipe asks for that, and for words that do
    /// not say how to opt out.
    pub(crate) fn check_approval(
        &self,
        text: &TextStep,
        copy: &MessageCopy,
    ) -> Result<(), CopyError> {
        if self.approved_copy_only || !copy.has_opt_out_line() {
            copy.approved_by(&text.approvals)?;
        }
        Ok(())
    }
}
