//! Recognises stop words with one typing slip: `stpp`, `wtop`, `cancrl`, `qiut`.
//!
//! A slip is one letter added, missing, replaced, or two letters swapped. A slip of `stop` is recognised anywhere in a reply,
//! because hardly any other word is that similar. A slip of the other stop words is recognised if the reply has no other
//! word. Real words and names are never slips.

/// Words at distance one of `stop` that are not slips.
const NOT_STOP: &str = "
    step shop top sop slop stow stomp strop stops atop swop stoup estop stopd stopt spot sto stp stok stot scop stoa
    ston stos stoped soop
";

/// The stop words of five letters and more, and `quit`.
const ALONE: &str = "
    quit cancel remove revoke optout stopall arret cancelar detener desuscribir desabonner desist discontinue basta
";

/// Words at distance one of these that are not slips.
const REAL: &str = "
    quiet quite suit quid quip quiz quilt quint quits quin quoit cancer cancels removed remover removes remote
    revoked revokes evoke arrest garret barret arete pasta hasta gasta casta bata bast asta cancela cancelas
    cancelara resist detenerse detenera desists discontinued discontinues canel
";

/// The accepted slips of `end`. Three letters are similar to too many words, so no others count.
const END: &str = "
    emd ebd wnd rnd endd eend ennd edn enf enx ens enc end1
";

/// Whether `word`, anywhere in a reply, is `stop` with one slip.
pub(super) fn is_stop(word: &str) -> bool {
    let is_near = |word: &str| is_one_slip_from(word, "stop") && !is_among(NOT_STOP, word);
    let mut once = word.as_bytes().to_vec();
    once.dedup();
    is_near(word) || (once.len() < word.len() && std::str::from_utf8(&once).is_ok_and(is_near))
}

/// The stop word that `word` is a slip of, if it is the only word of the reply.
pub(super) fn alone(word: &str) -> Option<&'static str> {
    if is_among(END, word) {
        return Some("end");
    }
    if word == "canel" {
        return Some("cancel");
    }
    let meant = ALONE
        .split_whitespace()
        .find(|stop| is_one_slip_from(word, stop))?;
    (!is_among(REAL, word)).then_some(meant)
}

fn is_among(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|one| one == word)
}

/// Whether one letter is added, missing, replaced, or swapped with the next. Only ASCII words can match.
fn is_one_slip_from(word: &str, meant: &str) -> bool {
    let (word, meant) = (word.as_bytes(), meant.as_bytes());
    if word.len().abs_diff(meant.len()) > 1 {
        return false;
    }
    let common =
        |one: &[u8], other: &[u8]| one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let same = common(word, meant);
    let (word, meant) = (&word[same..], &meant[same..]);
    match (word, meant) {
        ([], []) => false,
        ([a, b, after @ ..], [c, d, rest @ ..]) if a == d && b == c && after == rest => true,
        ([_, after @ ..], [_, rest @ ..]) if after == rest => true,
        ([_, after @ ..], _) if after == meant => true,
        (_, [_, rest @ ..]) => word == rest,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stop_word_bears_one_slip() {
        for word in [
            "sstop", "stpp", "dstop", "wtop", "stopa", "syop", "tsop", "stoop", "sropp", "5top",
            "stap",
        ] {
            assert!(is_stop(word), "{word}");
        }
        for word in [
            "stop", "step", "shop", "top", "spot", "stock", "store", "stops", "sop", "post",
            "stopped", "stp",
        ] {
            assert!(!is_stop(word), "{word}");
        }
        for (word, meant) in [
            ("qiut", Some("quit")),
            ("wuit", Some("quit")),
            ("cancrl", Some("cancel")),
            ("remoce", Some("remove")),
            ("revok", Some("revoke")),
            ("optoit", Some("optout")),
            ("emd", Some("end")),
            ("and", None),
            ("send", None),
            ("quiet", None),
            ("cancer", None),
            ("remote", None),
            ("arrest", None),
            ("ok", None),
            ("", None),
        ] {
            assert_eq!(alone(word), meant, "{word}");
        }
    }
}
