//! Amounts as integers, read from and written as the quantities that Kubernetes writes itself.

use std::fmt;

/// Why a text is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an amount of this kind")]
pub struct BadQuantity(String);

/// CPU in thousandths of a core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MilliCpu(pub u64);

impl MilliCpu {
    /// Reads "16" or "500m".
    ///
    /// # Errors
    /// [`BadQuantity`] for everything else, and for amounts that no machine has.
    pub fn parse(text: &str) -> Result<Self, BadQuantity> {
        let bad = || BadQuantity(text.to_owned());
        let (digits, scale) = text.strip_suffix('m').map_or((text, 1000), |digits| (digits, 1));
        let number: u64 = digits.parse().map_err(|_| bad())?;
        number.checked_mul(scale).map(Self).ok_or_else(bad)
    }
}

impl fmt::Display for MilliCpu {
    /// As the API server writes it, so that what it gives back compares equal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1000) { Count(self.0 / 1000).fmt(f) } else { write!(f, "{}m", self.0) }
    }
}

/// A number of things, as the API server writes it: 2000 is 2k.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut number, mut unit) = (self.0, 0);
        while number != 0 && number.is_multiple_of(1000) && unit < UNITS.len() - 1 {
            number /= 1000;
            unit += 1;
        }
        write!(f, "{number}{}", UNITS[unit])
    }
}

/// Decimal units of the API server.
const UNITS: [&str; 5] = ["", "k", "M", "G", "T"];

/// Memory or storage in MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mebibytes(pub u64);

impl Mebibytes {
    /// Reads "512Mi", "64Gi" or "1Ti".
    ///
    /// # Errors
    /// [`BadQuantity`] for everything else, and for amounts that no machine has.
    pub fn parse(text: &str) -> Result<Self, BadQuantity> {
        let bad = || BadQuantity(text.to_owned());
        let (digits, scale) = [("Mi", 1), ("Gi", 1 << 10), ("Ti", 1 << 20)]
            .into_iter()
            .find_map(|(suffix, scale)| text.strip_suffix(suffix).map(|digits| (digits, scale)))
            .ok_or_else(bad)?;
        let number: u64 = digits.parse().map_err(|_| bad())?;
        number.checked_mul(scale).filter(|mebibytes| *mebibytes < 1 << 43).map(Self).ok_or_else(bad)
    }
}

impl fmt::Display for Mebibytes {
    /// As the API server writes it: the largest unit that divides the amount.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u32, &str); 4] = [(30, "Pi"), (20, "Ti"), (10, "Gi"), (0, "Mi")];
        if self.0 == 0 {
            return f.write_str("0");
        }
        let fits = |bits: u32| self.0.trailing_zeros() >= bits;
        let (bits, unit) = UNITS.into_iter().find(|(bits, _)| fits(*bits)).unwrap_or((0, "Mi"));
        write!(f, "{}{unit}", self.0 >> bits)
    }
}

/// A Kubernetes quantity in thousandths, rounded up; nothing for what is none, or negative.
#[must_use]
pub fn thousandths(text: &str) -> Option<u128> {
    const SUFFIXES: [(&str, u32, u32); 15] = [
        // Suffix, power of 2, power of 10 above a thousandth.
        ("Ki", 10, 3),
        ("Mi", 20, 3),
        ("Gi", 30, 3),
        ("Ti", 40, 3),
        ("Pi", 50, 3),
        ("Ei", 60, 3),
        ("k", 0, 6),
        ("M", 0, 9),
        ("G", 0, 12),
        ("T", 0, 15),
        ("P", 0, 18),
        ("E", 0, 21),
        ("m", 0, 0),
        // Below a thousandth: rounded up.
        ("u", 0, 0),
        ("n", 0, 0),
    ];
    let found = SUFFIXES.iter().find(|(suffix, ..)| text.ends_with(suffix));
    let (number, twos, tens) = match found {
        Some((suffix, twos, tens)) => (text.strip_suffix(suffix)?, *twos, *tens),
        None => (text, 0, 3),
    };
    if matches!(found, Some(("u" | "n", ..))) {
        return number.parse::<u128>().ok().map(|number| number.div_ceil(1000));
    }
    let (number, exponent) = match number.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let scaled = digits.checked_mul(1_u128.checked_shl(twos)?)?;
    let power = i32::try_from(tens).ok()? + exponent - i32::try_from(fraction.len()).ok()?;
    let ten = 10_u128.checked_pow(power.unsigned_abs())?;
    if power >= 0 { scaled.checked_mul(ten) } else { Some(scaled.div_ceil(ten)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("16", "16")]
    #[case("2000m", "2")]
    #[case("1500m", "1500m")]
    #[case("0", "0")]
    #[case("1000", "1k")]
    #[case("2000000m", "2k")]
    fn cpu_is_written_as_the_api_server_writes_it(#[case] read: &str, #[case] written: &str) {
        assert_eq!(MilliCpu::parse(read).unwrap().to_string(), written);
    }

    #[rstest]
    #[case(50, "50")]
    #[case(1000, "1k")]
    #[case(1500, "1500")]
    #[case(100_000, "100k")]
    #[case(0, "0")]
    fn a_count_is_written_as_the_api_server_writes_it(#[case] number: u64, #[case] written: &str) {
        assert_eq!(Count(number).to_string(), written);
    }

    #[rstest]
    #[case("1024Mi", "1Gi")]
    #[case("1536Mi", "1536Mi")]
    #[case("2048Gi", "2Ti")]
    #[case("0Gi", "0")]
    fn memory_is_written_as_the_api_server_writes_it(#[case] read: &str, #[case] written: &str) {
        assert_eq!(Mebibytes::parse(read).unwrap().to_string(), written);
    }

    #[rstest]
    #[case("")]
    #[case("1.5")]
    #[case("-1")]
    #[case("1k")]
    #[case("99999999999999999999")]
    fn what_is_not_an_amount_is_refused(#[case] text: &str) {
        assert!(MilliCpu::parse(text).is_err());
        assert!(Mebibytes::parse(text).is_err());
    }

    #[rstest]
    #[case("2", 2_000)]
    #[case("0.5", 500)]
    #[case("250m", 250)]
    #[case("1.5Gi", 1_610_612_736_000)]
    #[case("128974848", 128_974_848_000)]
    #[case("129e6", 129_000_000_000)]
    #[case("1E", 1_000_000_000_000_000_000_000)]
    #[case("100n", 1)]
    fn a_quantity_is_read_in_every_form(#[case] text: &str, #[case] expected: u128) {
        assert_eq!(thousandths(text), Some(expected));
    }

    #[test]
    fn what_is_no_quantity_counts_nothing() {
        for text in ["", "x", "-1", "1e99", "1 Gi"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
