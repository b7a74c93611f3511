//! Middles, tails and shares of times, of which some are not over yet.

/// A time in days, and whether it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lasted {
    /// How long.
    pub(crate) days: i64,
    /// Whether it ended then; if not, it had lasted so long when it was last looked at.
    pub(crate) is_over: bool,
}

/// The value that `percent` of the sorted values do not exceed: the nearest rank, which is always one of the values.
pub(crate) fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// Which share has ended within `days`, where some have not ended yet and are watched no longer than they have lasted: one less
/// the estimate of survival of Kaplan and Meier (Journal of the American Statistical Association 53, 1958, 457). Nothing, if
/// nobody was watched for so long.
pub(crate) fn share_over_within(times: &[Lasted], days: i64) -> Option<f64> {
    times.iter().any(|time| time.is_over || time.days >= days).then_some(())?;
    if !times.iter().any(|time| time.days >= days) && !times.iter().all(|time| time.is_over) {
        return None;
    }
    let mut ends: Vec<i64> =
        times.iter().filter(|time| time.is_over && time.days <= days).map(|time| time.days).collect();
    ends.sort_unstable();
    ends.dedup();
    let lasting = ends.iter().fold(1.0, |lasting, end| {
        let watched = times.iter().filter(|time| time.days >= *end).count();
        let ended = times.iter().filter(|time| time.is_over && time.days == *end).count();
        lasting * (1.0 - as_f64(ended) / as_f64(watched))
    });
    Some(1.0 - lasting)
}

fn as_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(days: i64) -> Lasted {
        Lasted { days, is_over: true }
    }

    fn open(days: i64) -> Lasted {
        Lasted { days, is_over: false }
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7], 90), Some(7));
        assert_eq!(percentile(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(percentile(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), Some(9));
        assert_eq!(percentile(&[1, 2, 3], 100), Some(3));
    }

    #[test]
    fn without_open_ones_it_is_the_plain_share() {
        let times = [over(10), over(20), over(20), over(90)];
        let near = |days, share: f64| (share_over_within(&times, days).unwrap_or(-1.0) - share).abs() < 1e-9;
        assert!(near(9, 0.0) && near(10, 0.25) && near(20, 0.75) && near(365, 1.0));
    }

    #[test]
    fn open_ones_count_for_as_long_as_they_were_watched() {
        // Of three, one ends on day 10; of the two left, one was watched until day 15 only; the last ends on day 20.
        let times = [over(10), open(15), over(20)];
        let at = |days| share_over_within(&times, days).unwrap_or(-1.0);
        assert!((at(10) - 1.0 / 3.0).abs() < 1e-9);
        assert!((at(20) - 1.0).abs() < 1e-9);
        // Leaving the open one out would say one half after ten days.
        assert!((at(10) - 0.5).abs() > 0.1);
    }

    #[test]
    fn what_nobody_watched_for_so_long_is_not_told() {
        assert_eq!(share_over_within(&[], 30), None);
        assert_eq!(share_over_within(&[open(5)], 30), None);
        assert_eq!(share_over_within(&[over(3), open(5)], 30), None);
        assert_eq!(share_over_within(&[open(40)], 30), Some(0.0));
    }
}
