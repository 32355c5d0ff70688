//! Whether a text promotes something. Such a text needs consent in writing (47 CFR 64.1200(a)(2) and (f)(9)), and a
//! call is not consent in writing.

use super::words;

/// Phrases that offer something.
const OFFERS: &[&[&str]] = &[
    &["discount"],
    &["discounts"],
    &["discounted"],
    &["promo"],
    &["promotion"],
    &["coupon"],
    &["coupons"],
    &["voucher"],
    &["special", "offer"],
    &["special", "offers"],
    &["limited", "offer"],
    &["limited", "time"],
    &["on", "sale"],
    &["flash", "sale"],
    &["half", "price"],
    &["for", "free"],
    &["free", "gift"],
    &["free", "trial"],
    &["free", "session"],
    &["free", "treatment"],
    &["gift", "card"],
    &["buy", "one"],
    &["save", "up"],
    &["deal", "of"],
    &["best", "price"],
    &["dollars", "off"],
    &["percent", "off"],
    &["oferta"],
    &["descuento"],
];

/// The first words of `text` that promote something.
pub(crate) fn promotes(text: &str) -> Option<String> {
    price_off(text).or_else(|| {
        let all = words(text);
        let found = OFFERS.iter().find(|offer| {
            all.windows(offer.len())
                .any(|window| window.iter().map(String::as_str).eq(offer.iter().copied()))
        });
        found.map(|offer| offer.join(" "))
    })
}

/// "10% off", "$20 off", "save 15%".
fn price_off(text: &str) -> Option<String> {
    let list: Vec<&str> = text.split_whitespace().collect();
    list.windows(2).find_map(|two| {
        let [first, second] = two else {
            return None;
        };
        let bare = |word: &str| {
            word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%' && c != '$')
                .to_lowercase()
        };
        let (first, second) = (bare(first), bare(second));
        let is_price = |word: &str| {
            word.contains(|c: char| c.is_ascii_digit())
                && (word.ends_with('%') || word.starts_with('$'))
        };
        let promotes = (is_price(&first)
            && matches!(second.as_str(), "off" | "discount" | "cheaper" | "de"))
            || (first == "save" && is_price(&second));
        promotes.then(|| format!("{first} {second}"))
    })
}

#[cfg(test)]
mod tests {
    use super::promotes;

    #[test]
    fn offers_are_known() {
        for (text, word) in [
            ("Get 10% off today!", Some("10% off")),
            ("Save $20 on your visit", Some("save $20")),
            ("Use our promo code", Some("promo")),
            ("A special offer for you", Some("special offer")),
            ("Your first visit for free", Some("for free")),
            ("Sorry we missed your call. Feel free to text us.", None),
            ("We take 20% of calls by text", None),
            ("We are off today, back at 10", None),
            ("Our sales team calls you back", None),
        ] {
            assert_eq!(promotes(text).as_deref(), word, "{text}");
        }
    }
}
