//! Changes of one commit that one statement can make: none of the same row twice, and in the order of the commit.

/// Cuts the changes into runs, in each of which each key comes once.
pub(super) fn runs<'c, T, K: PartialEq>(
    changes: &'c [T],
    key: impl Fn(&'c T) -> K,
) -> Vec<Vec<&'c T>> {
    let mut runs: Vec<(Vec<K>, Vec<&T>)> = Vec::new();
    for change in changes {
        let key = key(change);
        match runs.last_mut() {
            Some((keys, run)) if !keys.contains(&key) => {
                keys.push(key);
                run.push(change);
            }
            Some(_) | None => runs.push((vec![key], vec![change])),
        }
    }
    runs.into_iter().map(|(_, run)| run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_once_in_a_run() {
        let changes = [1, 2, 1, 3, 2, 2];
        let runs = runs(&changes, |change| *change);
        assert_eq!(runs, [vec![&1, &2], vec![&1, &3, &2], vec![&2]]);
    }
}
