//! Times as the reader's own clock shows them.

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// A time in the reader's zone in RFC 3339, to the millisecond: `2017-06-12T15:42:46.308+02:00`, or with `Z` in UTC.
pub fn local_time(time: Timestamp) -> String {
    numbers(&time.to_zoned(TimeZone::system()))
}

/// A time in the reader's zone as JavaScript writes dates: `Fri Jun 23 2017 23:09:24 GMT+0800 (SGT)`.
pub fn local_time_in_words(time: Timestamp) -> String {
    words(&time.to_zoned(TimeZone::system()))
}

fn numbers(time: &Zoned) -> String {
    let offset = if time.offset().is_zero() { "Z".to_owned() } else { time.strftime("%:z").to_string() };
    format!("{}{offset}", time.strftime("%Y-%m-%dT%H:%M:%S%.3f"))
}

fn words(time: &Zoned) -> String {
    time.strftime("%a %b %d %Y %H:%M:%S GMT%z (%Z)").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str) -> Zoned {
        let time: Timestamp = "2017-06-12T13:42:46.308Z".parse().unwrap();
        time.to_zoned(TimeZone::posix(zone).unwrap())
    }

    #[test]
    fn the_zone_is_the_readers() {
        assert_eq!(numbers(&at("UTC0")), "2017-06-12T13:42:46.308Z");
        assert_eq!(numbers(&at("CET-1CEST,M3.5.0,M10.5.0/3")), "2017-06-12T15:42:46.308+02:00");
        assert_eq!(words(&at("SGT-8")), "Mon Jun 12 2017 21:42:46 GMT+0800 (SGT)");
        assert_eq!(words(&at("EST5")), "Mon Jun 12 2017 08:42:46 GMT-0500 (EST)");
    }
}
