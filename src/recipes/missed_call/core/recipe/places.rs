//! Where a setting belongs that stands in the wrong section.

use super::keys::{ACTIONS, FILE, Keys, STEP, Value, action};

/// Where the setting or section `name` belongs, as a remedy, if it is known in another section than `section`.
pub(super) fn right_place(section: &str, name: &str, is_section: bool) -> Option<String> {
    if is_section {
        let is_step = action(name).is_some() || name == "second_text";
        return (section.is_empty() && is_step).then(|| format!("did you mean [steps.{name}]?"));
    }
    let has = |keys: Keys| keys.iter().any(|key| key.name == name);
    if FILE
        .iter()
        .any(|key| key.name == name && key.value.keys().is_empty())
    {
        return Some("write it at the top of the file, before the first [section]".to_owned());
    }
    let mut sections = FILE
        .iter()
        .filter(|key| matches!(key.value, Value::Section(_)) && key.name != section);
    if let Some(place) = sections.find(|key| has(key.value.keys())) {
        return Some(format!("write it under [{}]", place.name));
    }
    let is_of_a_step = has(STEP) || ACTIONS.iter().any(|action| has(action.keys));
    (is_of_a_step && !section.starts_with("steps."))
        .then(|| "write it under the step that it is for, such as [steps.text]".to_owned())
}
