//! The money of a report, as people write it.

use super::settings::Revenue;

/// The currency of a business. `Currency::default()` is the dollar of the United States.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    symbol: String,
}

impl Default for Currency {
    fn default() -> Self {
        Self::of_code("USD")
    }
}

impl Currency {
    /// The currency with this code of ISO 4217, such as `EUR`. Amounts of one without a usual symbol begin with the code.
    pub fn of_code(code: &str) -> Self {
        let code = code.trim().to_ascii_uppercase();
        let symbol = match code.as_str() {
            "USD" => "$",
            "CAD" => "CA$",
            "AUD" => "A$",
            "NZD" => "NZ$",
            "MXN" => "MX$",
            "EUR" => "€",
            "GBP" => "£",
            other => return Self::with_symbol(&format!("{other}\u{a0}")),
        };
        Self::with_symbol(symbol)
    }

    /// A currency whose amounts begin with this symbol.
    pub fn with_symbol(symbol: &str) -> Self {
        Self {
            symbol: symbol.to_owned(),
        }
    }

    /// The amount or range as people write it: `$3,630–$6,490`. Cents are left out if both ends are whole.
    pub fn written(&self, revenue: Revenue) -> String {
        let is_whole = |hundredths: u64| hundredths.is_multiple_of(100);
        let has_cents = !(is_whole(revenue.low()) && is_whole(revenue.high()));
        let low = self.amount(revenue.low(), has_cents);
        if revenue.low() == revenue.high() {
            return low;
        }
        format!("{low}–{}", self.amount(revenue.high(), has_cents))
    }

    fn amount(&self, hundredths: u64, with_cents: bool) -> String {
        let mut amount = format!("{}{}", self.symbol, grouped(hundredths / 100));
        if with_cents {
            amount.push_str(&format!(".{:02}", hundredths % 100));
        }
        amount
    }
}

/// The number with a comma between thousands: `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_people_write_it() {
        for (code, revenue, expected) in [
            ("USD", Revenue::between(363_000, 649_000), "$3,630–$6,490"),
            ("usd", Revenue::exactly(123_456_700), "$1,234,567"),
            ("EUR", Revenue::between(16_550, 29_500), "€165.50–€295.00"),
            ("CHF", Revenue::exactly(5), "CHF\u{a0}0.05"),
            ("GBP", Revenue::exactly(100_000), "£1,000"),
        ] {
            assert_eq!(Currency::of_code(code).written(revenue), expected);
        }
    }
}
