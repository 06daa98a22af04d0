//! Numbers in the form in which Postgres sends them: groups of four decimal digits.

use num_bigint::BigInt;

use super::super::decimal::Decimal;

const NEGATIVE: u16 = 0x4000;
const NOT_A_NUMBER: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// A `numeric` off the wire: number of groups, weight of the first, sign, scale, groups.
pub(super) fn decimal(bytes: &[u8]) -> Option<Decimal> {
    let (head, groups) = bytes.split_at_checked(8)?;
    let part = |at: usize| Some(u16::from_be_bytes(head.get(at..at + 2)?.try_into().ok()?));
    let (count, weight, sign, scale) = (part(0)?, part(2)? as i16, part(4)?, part(6)?);
    match sign {
        NOT_A_NUMBER => return Some(Decimal::NOT_A_NUMBER),
        INFINITY => return Some(Decimal::INFINITY),
        NEGATIVE_INFINITY => return Some(Decimal::NEGATIVE_INFINITY),
        0 | NEGATIVE => {}
        _ => return None,
    }
    if groups.len() != usize::from(count) * 2 {
        return None;
    }
    let groups = groups.chunks_exact(2).map(|pair| pair.try_into().map_or(0, u16::from_be_bytes));
    // Digits behind the point that the groups hold; the number may show fewer or more.
    let behind = (i32::from(count) - 1 - i32::from(weight)) * 4;
    let shift = i32::from(scale) - behind;
    let negative = sign == NEGATIVE;
    if count <= 4 && (-4..=8).contains(&shift) {
        // At most 16 digits and 8 zeros: never more than 24 digits.
        let digits = groups.fold(0_i128, |digits, group| digits * 10_000 + i128::from(group));
        let digits = match u32::try_from(shift) {
            Ok(zeros) => digits * 10_i128.pow(zeros),
            Err(_) => digits / 10_i128.pow(shift.unsigned_abs()),
        };
        let digits = if negative { -digits } else { digits };
        return Some(
            i64::try_from(digits).map_or_else(|_| Decimal::new(digits, scale), |small| Decimal::small(small, scale)),
        );
    }
    let digits = groups.fold(BigInt::ZERO, |digits, group| digits * 10_000 + group);
    let digits = match u32::try_from(shift) {
        Ok(zeros) => digits * BigInt::from(10).pow(zeros),
        Err(_) => digits / BigInt::from(10).pow(shift.unsigned_abs()),
    };
    Some(Decimal::new(if negative { -digits } else { digits }, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(weight: i16, sign: u16, scale: u16, groups: &[u16]) -> Vec<u8> {
        let head = [groups.len() as u16, weight as u16, sign, scale];
        head.iter().chain(groups).flat_map(|part| part.to_be_bytes()).collect()
    }

    #[test]
    fn groups_become_digits() {
        for (bytes, written) in [
            (wire(0, 0, 0, &[]), "0"),
            (wire(0, 0, 2, &[]), "0.00"),
            (wire(0, 0, 2, &[1, 5000]), "1.50"),
            (wire(0, NEGATIVE, 1, &[1, 5000]), "-1.5"),
            (wire(1, 0, 0, &[12, 3456]), "123456"),
            (wire(2, 0, 0, &[1]), "100000000"),
            (wire(-1, 0, 4, &[1]), "0.0001"),
            (wire(-2, 0, 8, &[1]), "0.00000001"),
            (wire(4, 0, 0, &[9999, 9999, 9999, 9999, 9999]), "99999999999999999999"),
            (wire(9, NEGATIVE, 3, &[1]), "-1000000000000000000000000000000000000.000"),
            (wire(0, NOT_A_NUMBER, 0, &[]), "NaN"),
            (wire(0, INFINITY, 0, &[]), "Infinity"),
            (wire(0, NEGATIVE_INFINITY, 0, &[]), "-Infinity"),
        ] {
            assert_eq!(decimal(&bytes).map(|number| number.to_string()).as_deref(), Some(written));
        }
    }

    #[test]
    fn what_is_cut_off_or_odd_is_refused() {
        let whole = wire(0, 0, 2, &[1, 5000]);
        (0..whole.len()).for_each(|length| assert_eq!(decimal(&whole[..length]), None, "{length}"));
        assert_eq!(decimal(&wire(0, 0x1234, 0, &[1])), None);
    }
}
