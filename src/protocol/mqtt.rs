//! MQTT: OASIS MQTT 3.1.1 and 5.0.

use super::bytes::{be16, from, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{MqttRecord, Record, Text};

const KEEP: usize = 1024;
const MAX_TOPICS: usize = 16;
const HAS_USER: u8 = 0x80;

/// CONNECT with the protocol's name and a known level.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let (_, body) = split(probe.payload).filter(|_| probe.payload.first() == Some(&0x10))?;
    connect(body).is_some().then(|| Match::parsed("mqtt", Mqtt::default()))
}

/// Remaining length, and what follows it.
fn split(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut len = 0usize;
    for (i, byte) in bytes.iter().skip(1).take(4).enumerate() {
        len |= usize::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((len, from(bytes, i + 2)));
        }
    }
    None
}

/// Version, flags, and what follows the keep-alive time.
fn connect(body: &[u8]) -> Option<(&'static str, u8, &[u8])> {
    let (name, rest) = text(body)?;
    let (&level, &flags) = (rest.first()?, rest.get(1)?);
    let version = match (name, level & 0x7f) {
        (b"MQIsdp", 3) => "3.1",
        (b"MQTT", 4) => "3.1.1",
        (b"MQTT", 5) => "5",
        _ => return None,
    };
    Some((version, flags, from(rest, 4)))
}

/// A text with its length before it.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = usize::from(be16(bytes, 0)?);
    from(bytes, 2).split_at_checked(len)
}

#[derive(Debug, Default)]
struct Mqtt {
    record: MqttRecord,
}

impl Mqtt {
    fn read(&mut self, packet: &[u8]) {
        let (Some(first), Some((_, body))) = (packet.first(), split(packet)) else { return };
        let r = &mut self.record;
        let name = match first >> 4 {
            1 => "connect",
            2 => "connack",
            3 => "publish",
            4..=7 => "publish answer",
            8 => "subscribe",
            9 => "suback",
            10 | 11 => "unsubscribe",
            12 => "ping",
            13 => "pong",
            14 => "disconnect",
            15 => "auth",
            _ => return,
        };
        r.packets.add(name);
        match name {
            "connect" => {
                let Some((version, flags, mut rest)) = connect(body) else { return };
                r.login_attempts += 1;
                r.version = Some(version);
                r.has_user |= flags & HAS_USER != 0;
                if version == "5" {
                    rest = properties(rest);
                }
                if let Some((id, _)) = text(rest).filter(|(id, _)| !id.is_empty()) {
                    r.client_id.get_or_insert_with(|| Text::new(id));
                }
            }
            // Bad user or password, not authorised: in 3 and in 5.
            "connack" => match body.get(1) {
                Some(4 | 5 | 0x86 | 0x87) => r.failed_logins += 1,
                Some(1..) => r.refused += 1,
                _ => {}
            },
            "publish" => {
                if let Some((topic, _)) = text(body).filter(|(topic, _)| !topic.is_empty()) {
                    r.topics.add_new(MAX_TOPICS, Text::limited(topic, 128));
                }
            }
            "subscribe" => {
                let mut rest = from(body, 2);
                if r.version == Some("5") {
                    rest = properties(rest);
                }
                while let Some((topic, after)) = text(rest) {
                    r.topics.add_new(MAX_TOPICS, Text::limited(topic, 128));
                    rest = from(after, 1);
                }
            }
            _ => {}
        }
    }
}

/// What follows the properties of version 5.
fn properties(bytes: &[u8]) -> &[u8] {
    // Their length is written as the remaining length is.
    let shifted: Vec<u8> = std::iter::once(0).chain(up_to(bytes, 4).iter().copied()).collect();
    split(&shifted).map_or(&[], |(len, rest)| from(bytes, shifted.len() - 1 - rest.len() + len))
}

fn frame(bytes: &[u8]) -> Frame {
    match (bytes.first(), split(bytes)) {
        (Some(0x10..), Some((len, rest))) => Frame::Len(bytes.len() - rest.len() + len),
        (Some(0x10..), None) if bytes.len() < 5 => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Mqtt {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |packet| {
            self.read(packet);
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Mqtt(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    const CONNECT: &[u8] = b"\x10\x1b\x00\x04MQTT\x04\xc2\x00\x3c\x00\x02c1\x00\x03ann\x00\x06secret";

    #[test]
    fn reads_client_topics_and_refusals() {
        let found = over_tcp(
            40_001,
            &[
                (true, CONNECT),
                (false, b"\x20\x02\x00\x05"),
                (true, CONNECT),
                (false, b"\x20\x02\x00\x00"),
                (true, b"\x82\x08\x00\x01\x00\x03a/#\x00\x30\x08\x00\x03a/b1.5"),
            ],
        );
        let [Record::Mqtt(mqtt)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((mqtt.version, mqtt.client_id.clone(), mqtt.has_user), (Some("3.1.1"), Some("c1".into()), true));
        assert_eq!(
            (mqtt.login_attempts, mqtt.failed_logins, mqtt.topics.first.as_slice()),
            (2, 1, &["a/#".into(), "a/b".into()][..])
        );
        assert!(!format!("{mqtt:?}").contains("secret"));
    }

    #[test]
    fn reads_the_fifth_version() {
        let connect = b"\x10\x12\x00\x04MQTT\x05\x02\x00\x3c\x03\x21\x00\x14\x00\x02c5";
        let found = over_tcp(1883, &[(true, connect)]);
        let [Record::Mqtt(mqtt)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((mqtt.version, mqtt.client_id.clone()), (Some("5"), Some("c5".into())));
    }

    #[test]
    fn other_names_and_levels_are_none() {
        for bytes in [
            &b"\x10\x0e\x00\x04MQTX\x04\x02\x00\x3c\x00\x02c1"[..],
            b"\x10\x0e\x00\x04MQTT\x09\x02\x00\x3c\x00\x02c1",
            b"\x20\x02\x00\x00",
        ] {
            assert_eq!(named(1883, &[(true, bytes)]), None);
        }
    }
}
