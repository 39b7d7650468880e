//! Status codes of HTTP's relatives, as names for counting.

/// The name of a status in SIP or RTSP: itself where it is common, else its class.
pub(super) fn status_name(code: u32) -> &'static str {
    match code {
        100 => "100",
        180 => "180",
        183 => "183",
        200 => "200",
        202 => "202",
        301 => "301",
        302 => "302",
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        407 => "407",
        408 => "408",
        415 => "415",
        423 => "423",
        454 => "454",
        461 => "461",
        480 => "480",
        481 => "481",
        484 => "484",
        486 => "486",
        487 => "487",
        488 => "488",
        500 => "500",
        501 => "501",
        503 => "503",
        551 => "551",
        603 => "603",
        _ => class_name(code),
    }
}

fn class_name(code: u32) -> &'static str {
    match code / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        6 => "6xx",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_codes_and_classes() {
        assert_eq!([401, 499, 299, 42].map(status_name), ["401", "4xx", "2xx", "other"]);
    }
}
