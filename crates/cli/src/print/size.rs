//! Sizes for people.

/// `512 bytes`, `9.2 kB`, `2.1 GB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut tenths = bytes / 100;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while tenths >= 10_000
        && let Some(larger) = units.next()
    {
        tenths /= 1000;
        unit = Some(larger);
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, unit.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_in_the_unit_that_fits() {
        let told = [0, 999, 1000, 9_299, 999_999, 1_000_000, 2_150_000_000, 7_000_000_000_000, u64::MAX];
        let told = told.map(size);
        let wanted = [
            "0 bytes",
            "999 bytes",
            "1.0 kB",
            "9.2 kB",
            "999.9 kB",
            "1.0 MB",
            "2.1 GB",
            "7.0 TB",
            "18446744.0 TB",
        ];
        assert_eq!(told, wanted);
    }
}
