//! RTSP: RFC 2326, RFC 7826.

use super::bytes::{be16, from};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use super::status::status_name;
use super::words::{first_line, header, known, number, split_word};
use crate::report::{Record, RtspRecord, Text};

const KEEP: usize = 4096;

const METHODS: [&str; 12] = [
    "OPTIONS",
    "DESCRIBE",
    "ANNOUNCE",
    "SETUP",
    "PLAY",
    "PAUSE",
    "TEARDOWN",
    "GET_PARAMETER",
    "SET_PARAMETER",
    "REDIRECT",
    "RECORD",
    "PLAY_NOTIFY",
];

/// A request or status line with the protocol's version.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload).then(|| Match::parsed("rtsp", Rtsp::default()))
}

fn is_message(payload: &[u8]) -> bool {
    if !payload.first().is_some_and(u8::is_ascii_uppercase) {
        return false;
    }
    let line = first_line(payload);
    let is_version = |text: &[u8]| matches!(text, b"RTSP/1.0" | b"RTSP/2.0");
    let (word, rest) = split_word(line);
    is_version(word) && number(rest).is_some()
        || known(&METHODS, word).is_some() && rest.rsplit(|b| *b == b' ').next().is_some_and(is_version)
}

#[derive(Debug, Default)]
struct Rtsp {
    record: RtspRecord,
}

impl Rtsp {
    fn read(&mut self, message: &[u8]) {
        if !is_message(message) {
            return;
        }
        let r = &mut self.record;
        let (word, rest) = split_word(first_line(message));
        let Some(method) = known(&METHODS, word) else {
            let code = number(rest).unwrap_or_default();
            r.statuses.add(status_name(code));
            r.refusals += u64::from(matches!(code, 401 | 403));
            if let (None, Some(server)) = (&r.server, header(message, b"Server")) {
                r.server = Some(Text::new(server));
            }
            return;
        };
        r.methods.add(method);
        r.url.get_or_insert_with(|| without_user(split_word(rest).0));
        r.login_attempts += u64::from(header(message, b"Authorization").is_some());
        if let (None, Some(agent)) = (&r.user_agent, header(message, b"User-Agent")) {
            r.user_agent = Some(Text::new(agent));
        }
    }
}

/// The address without `user:password@`.
fn without_user(url: &[u8]) -> Text {
    let Some(start) = super::bytes::find(url, b"://").map(|at| at + 3) else { return Text::new(url) };
    let authority = from(url, start).split(|b| *b == b'/').next().unwrap_or_default();
    match authority.iter().rposition(|b| *b == b'@') {
        Some(at) => Text::new(&[super::bytes::up_to(url, start), from(url, start + at + 1)].concat()),
        None => Text::new(url),
    }
}

/// Messages, and packets of the streams between them: `$`, a channel, a length.
fn frame(bytes: &[u8]) -> Frame {
    match bytes {
        [b'$', ..] => be16(bytes, 2).map_or(Frame::Short, |len| Frame::Len(4 + usize::from(len))),
        _ => super::sip::frame(bytes),
    }
}

impl Parser for Rtsp {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        self.read(bytes);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Rtsp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn reads_requests_answers_and_passes_over_streams() {
        let found = over_tcp(
            40_001,
            &[
                (true, b"DESCRIBE rtsp://admin:12345@cam.example/live RTSP/1.0\r\nCSeq: 2\r\nUser-Agent: LibVLC\r\nAuthorization: Basic YWRtaW4=\r\n\r\n"),
                (false, b"RTSP/1.0 401 Unauthorized\r\nServer: cam\r\nCSeq: 2\r\n\r\n"),
                (false, b"$\x00\x00\x04abcd$\x01\x00\x02abRTSP/1.0 200 OK\r\n\r\n"),
            ],
        );
        let [Record::Rtsp(rtsp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((rtsp.methods.of("DESCRIBE"), rtsp.statuses.of("401"), rtsp.statuses.of("200")), (1, 1, 1));
        assert_eq!((rtsp.login_attempts, rtsp.refusals), (1, 1));
        assert_eq!(
            (rtsp.url.clone(), rtsp.server.clone()),
            (Some("rtsp://cam.example/live".into()), Some("cam".into()))
        );
        assert!(!format!("{rtsp:?}").contains("12345") && !format!("{rtsp:?}").contains("YWRtaW4"));
    }

    #[test]
    fn other_lines_are_none() {
        for text in [&b"GET rtsp://a RTSP/1.0\r\n\r\n"[..], b"RTSP/3.0 200 OK\r\n", b"OPTIONS * RTSP\r\n"] {
            assert_eq!(named(554, &[(true, text)]), None);
        }
    }
}
