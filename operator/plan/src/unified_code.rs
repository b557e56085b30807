//! The unified social credit code (统一社会信用代码, GB 32100-2015): 17 characters and a check character.

use crds::Message;

/// The 31 characters of the code, in the order of their values (GB 32100-2015 table 3).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks form and check character.
///
/// # Errors
/// A sentence that names the value and, where only the last character is wrong, the right one.
pub fn check(code: &str) -> Result<(), Message> {
    let malformed = || Message::MalformedUnifiedCode { value: code.to_owned() };
    let values: Vec<usize> = code
        .bytes()
        .map(|c| ALPHABET.iter().position(|a| *a == c))
        .collect::<Option<_>>()
        .filter(|values: &Vec<usize>| values.len() == 18)
        .ok_or_else(malformed)?;
    let expected = check_value(&values[..17]);
    if values[17] == expected {
        return Ok(());
    }
    Err(Message::BadUnifiedCode {
        value: code.to_owned(),
        expected: char::from(ALPHABET[expected]).to_string(),
    })
}

/// 31 minus the sum of value times 3^i, modulo 31 (GB 32100-2015 section 5, ISO 7064 style).
fn check_value(values: &[usize]) -> usize {
    let (sum, _) = values.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    (31 - sum % 31) % 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_code_is_right_and_one_character_off_is_not() {
        // The example of a well-known public code: 91350100M000100Y43 (GB 32100-2015, annex).
        assert_eq!(check("91350100M000100Y43"), Ok(()));
        let wrong = check("91350100M000100Y44").unwrap_err();
        assert_eq!(
            wrong,
            Message::BadUnifiedCode { value: "91350100M000100Y44".into(), expected: "3".into() }
        );
    }

    #[test]
    fn a_code_of_another_form_is_said_to_be_malformed() {
        for code in ["", "91350100M000100Y4", "91350100m000100Y43", "91350100I000100Y43", "教育教育教育"]
        {
            assert_eq!(check(code), Err(Message::MalformedUnifiedCode { value: code.into() }));
        }
    }
}
