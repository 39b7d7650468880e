//! Windows' status codes, as names for counting: MS-ERREF.

/// The status's name where it is common.
pub(super) fn name(status: u32) -> &'static str {
    match status {
        0xc000_0001 => "unsuccessful",
        0xc000_0002 => "not implemented",
        0xc000_0008 => "invalid handle",
        0xc000_000d => "invalid parameter",
        0xc000_000f => "no such file",
        0xc000_0010 => "invalid device request",
        0xc000_0011 => "end of file",
        0xc000_0016 => "more processing required",
        0xc000_0022 => "access denied",
        0xc000_0033 => "object name invalid",
        0xc000_0034 => "object name not found",
        0xc000_0035 => "object name collision",
        0xc000_003a => "object path not found",
        0xc000_0043 => "sharing violation",
        0xc000_005e => "no logon servers",
        0xc000_0064 => "no such user",
        0xc000_006a => "wrong password",
        0xc000_006d => "logon failure",
        0xc000_006e => "account restriction",
        0xc000_0070 => "invalid workstation",
        0xc000_0071 => "password expired",
        0xc000_0072 => "account disabled",
        0xc000_009a => "insufficient resources",
        0xc000_00ac => "pipe not available",
        0xc000_00b0 => "pipe disconnected",
        0xc000_00ba => "file is a directory",
        0xc000_00bb => "not supported",
        0xc000_00c9 => "network name deleted",
        0xc000_00cc => "bad network name",
        0xc000_0101 => "directory not empty",
        0xc000_0103 => "not a directory",
        0xc000_0120 => "cancelled",
        0xc000_0128 => "file closed",
        0xc000_015b => "logon type not granted",
        0xc000_0193 => "account expired",
        0xc000_0203 => "user session deleted",
        0xc000_0205 => "insufficient server resources",
        0xc000_0224 => "password must change",
        0xc000_0225 => "not found",
        0xc000_0233 => "domain controller not found",
        0xc000_0234 => "account locked out",
        0xc000_0257 => "path not covered",
        0xc000_035c => "network session expired",
        _ => "other",
    }
}

/// Whether the status is an error, and none that asks to go on.
pub(super) fn is_failure(status: u32) -> bool {
    status >= 0xc000_0000 && status != 0xc000_0016
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_judges() {
        assert_eq!((name(0xc000_006d), name(0xdead_beef)), ("logon failure", "other"));
        assert!(is_failure(0xc000_0022) && !is_failure(0xc000_0016) && !is_failure(0x103));
    }
}
