//! Protocols of readable lines: HTTP, FTP, SMTP, POP3, IMAP, IRC.

use super::{Place, TCP, note};
use crate::synth::payload::text;
use crate::synth::stage::{MS, SEC, Stage, US};
use crate::synth::tcp::{Content, Conversation, Side, Step};

fn line(text: impl AsRef<str>) -> Vec<u8> {
    format!("{}\r\n", text.as_ref()).into_bytes()
}

fn word(stage: &mut Stage, most: u64) -> String {
    let len = stage.rng.between(3, most);
    (0..len).map(|_| char::from(b'a' + u8::try_from(stage.rng.below(26)).unwrap_or(0))).collect()
}

fn closed(talk: Conversation, stage: &mut Stage) -> Conversation {
    match stage.rng.below(10) {
        0..=4 => talk.then(Step::Close(Side::Orig)),
        5..=7 => talk.then(Step::Close(Side::Resp)),
        8 => talk.then(Step::Reset(Side::Orig)),
        _ => talk,
    }
}

/// Pages, pictures, interfaces, uploads.
pub(super) fn http(place: Place, now: u64, stage: &mut Stage) {
    let mut talk = place.talk(80, "http", stage).then(Step::Open);
    if stage.rng.chance(0.3) {
        talk = talk.seen_at_responder();
    }
    let requests = stage.rng.log_normal(2, 0.9).clamp(1, 20);
    for n in 0..requests {
        let mut ask = text::get(&format!("{}.example.com", word(stage, 9)), &mut stage.rng);
        // Cookies and what else browsers tell.
        let cookie = place.bytes(160, 1.0, stage).min(1800);
        if stage.rng.chance(0.6) {
            ask.truncate(ask.len().saturating_sub(2));
            ask.extend_from_slice(b"Cookie: id=");
            ask.extend((0..cookie).map(|_| b'a' + u8::try_from(stage.rng.below(26)).unwrap_or(0)));
            ask.extend_from_slice(b"\r\n\r\n");
        }
        let is_upload = stage.rng.chance(0.15);
        if is_upload {
            let start = ask.iter().position(|b| *b == b' ').unwrap_or(0);
            ask.splice(..start, *b"POST");
        }
        let think = if n == 0 { 0 } else { place.pause(700 * MS, stage) };
        talk = talk.then(Step::Wait(think)).then(Step::Say(Side::Orig, ask));
        if is_upload {
            let bytes = place.bytes(2_500, 1.6, stage).min(400_000);
            talk = talk.then(Step::Pour { from: Side::Orig, bytes, content: content(stage), pace: 40 * US });
        }
        let wait = place.pause(25 * MS, stage);
        talk = talk.then(Step::Wait(wait));
        if stage.rng.chance(0.15) {
            talk = talk.then(Step::Say(Side::Resp, line("HTTP/1.1 304 Not Modified\r\nServer: nginx\r\n")));
            continue;
        }
        let bytes = place.bytes(6_000, 1.7, stage).min(700_000);
        let pace = stage.rng.between(10 * US, 160 * US);
        talk = talk.then(Step::Say(Side::Resp, text::found(bytes)));
        talk = talk.then(Step::Pour { from: Side::Resp, bytes, content: content(stage), pace });
    }
    closed(talk, stage).enter(now, stage);
}

/// Readable, or compressed.
fn content(stage: &mut Stage) -> Content {
    if stage.rng.chance(0.5) { Content::Text } else { Content::Noise }
}

/// A control connection with its transfers on connections of their own.
pub(super) fn ftp(place: Place, now: u64, stage: &mut Stage) {
    let mut talk = place.talk(21, "ftp", stage).then(Step::Open);
    let host = word(stage, 12);
    let greeting = match stage.rng.below(4) {
        0 => format!("220 {host} FTP server ready."),
        1 => "220 (vsFTPd 3.0.5)".to_owned(),
        2 => format!("220-{host}\r\n220-Unauthorised use of this FTP server is prohibited.\r\n220 ready"),
        _ => "220 ProFTPD Server (files) [::ffff:192.0.2.9]".to_owned(),
    };
    talk = talk.then(Step::Wait(place.pause(20 * MS, stage))).then(Step::Say(Side::Resp, line(greeting)));
    let user = word(stage, 10);
    let mut dialogue = vec![(format!("USER {user}"), format!("331 Password required for {user}"))];
    let password = format!("PASS {}", word(stage, 14));
    // Passwords that are tried and refused, or a session.
    if stage.rng.chance(0.3) {
        dialogue.push((password, "530 Login incorrect.".to_owned()));
    } else {
        dialogue.push((password, format!("230 User {user} logged in.")));
        dialogue.push(("SYST".into(), "215 UNIX Type: L8".into()));
        if stage.rng.chance(0.6) {
            dialogue.push((
                "FEAT".into(),
                "211-Features:\r\n EPRT\r\n EPSV\r\n MDTM\r\n PASV\r\n REST STREAM\r\n SIZE\r\n211 End".into(),
            ));
        }
        dialogue.push(("PWD".into(), "257 \"/\" is the current directory".into()));
        for _ in 0..stage.rng.log_normal(2, 0.9).min(25) {
            dialogue.push(("TYPE I".into(), "200 Switching to Binary mode.".into()));
            let port = place.own_port ^ 0x0101;
            let (high, low) = (port >> 8, port & 0xff);
            dialogue.push(("PASV".into(), format!("227 Entering Passive Mode (192,0,2,9,{high},{low}).")));
            let name = word(stage, 16);
            let (ask, is_up) = if stage.rng.chance(0.3) { ("STOR", true) } else { ("RETR", false) };
            let bytes = place.bytes(30_000, 1.6, stage).min(400_000);
            dialogue.push((
                format!("{ask} {name}.dat"),
                format!("150 Opening BINARY mode data connection for {name}.dat ({bytes} bytes)."),
            ));
            dialogue.push((String::new(), "226 Transfer complete.".into()));
            transfer(place, bytes, is_up, now + 2 * SEC, stage);
        }
        dialogue.push(("QUIT".into(), "221 Goodbye.".into()));
    }
    for (ask, answer) in dialogue {
        let wait = if ask.is_empty() { 800 * MS } else { 250 * MS };
        talk = talk.then(Step::Wait(place.pause(wait, stage)));
        if !ask.is_empty() {
            talk = talk.then(Step::Say(Side::Orig, line(ask)));
        }
        talk = talk.then(Step::Say(Side::Resp, line(answer)));
    }
    closed(talk, stage).enter(now, stage);
}

/// The data of a transfer: nothing but a file.
fn transfer(place: Place, bytes: u64, is_up: bool, now: u64, stage: &mut Stage) {
    let own = stage.rng.port();
    let data = Place { own_port: own, is_odd: true, odd_port: stage.rng.port(), ..place };
    let from = if is_up { Side::Orig } else { Side::Resp };
    let content = content(stage);
    data.talk(0, "ftp_data", stage)
        .then(Step::Open)
        .then(Step::Pour { from, bytes, content, pace: 30 * US })
        .then(Step::Close(from))
        .enter(now, stage);
}

/// A message or some are handed over, or refused; some go on under TLS.
pub(super) fn smtp(place: Place, now: u64, stage: &mut Stage) {
    let port = if stage.rng.chance(0.4) { 587 } else { 25 };
    let host = word(stage, 12);
    let mut talk = place.talk(port, "smtp", stage).then(Step::Open);
    let banner =
        format!("220 {host}.example.org ESMTP {}", if stage.rng.chance(0.5) { "Postfix" } else { "Exim 4.97" });
    talk = talk.then(Step::Wait(place.pause(30 * MS, stage))).then(Step::Say(Side::Resp, line(banner)));
    let capabilities = format!(
        "250-{host}.example.org\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-STARTTLS\r\n250-8BITMIME\r\n250 SMTPUTF8"
    );
    let say = |talk: Conversation, ask: String, answer: &str, stage: &mut Stage| {
        talk.then(Step::Say(Side::Orig, line(ask)))
            .then(Step::Wait(place.pause(8 * MS, stage)))
            .then(Step::Say(Side::Resp, line(answer)))
    };
    talk = say(talk, format!("EHLO {}.example.net", word(stage, 10)), &capabilities, stage);
    if stage.rng.chance(0.25) {
        talk = say(talk, "STARTTLS".into(), "220 2.0.0 Ready to start TLS", stage);
        let bytes = place.bytes(5_000, 1.2, stage).min(200_000);
        talk = talk
            .then(Step::Pour { from: Side::Orig, bytes: 517, content: Content::Tls, pace: US })
            .then(Step::Pour { from: Side::Resp, bytes: 3_600, content: Content::Tls, pace: 15 * US })
            .then(Step::Pour { from: Side::Orig, bytes, content: Content::Tls, pace: 30 * US })
            .then(Step::Pour { from: Side::Resp, bytes: 120, content: Content::Tls, pace: US });
        closed(talk, stage).enter(now, stage);
        return;
    }
    for _ in 0..stage.rng.log_normal(1, 0.6).clamp(1, 6) {
        talk = say(talk, format!("MAIL FROM:<{}@example.net> SIZE=4096", word(stage, 12)), "250 2.1.0 Ok", stage);
        for _ in 0..stage.rng.log_normal(1, 0.7).clamp(1, 8) {
            let is_refused = stage.rng.chance(0.1);
            let answer = if is_refused { "550 5.1.1 User unknown in virtual mailbox table" } else { "250 2.1.5 Ok" };
            talk = say(talk, format!("RCPT TO:<{}@example.org>", word(stage, 12)), answer, stage);
        }
        talk = say(talk, "DATA".into(), "354 End data with <CR><LF>.<CR><LF>", stage);
        let bytes = place.bytes(4_000, 1.5, stage).clamp(300, 500_000);
        talk = talk
            .then(Step::Pour { from: Side::Orig, bytes, content: Content::Text, pace: 30 * US })
            .then(Step::Say(Side::Orig, line("\r\n.")))
            .then(Step::Wait(place.pause(60 * MS, stage)))
            .then(Step::Say(Side::Resp, line("250 2.0.0 Ok: queued as 4F1D92A0C3")));
    }
    talk = say(talk, "QUIT".into(), "221 2.0.0 Bye", stage);
    closed(talk, stage).enter(now, stage);
}

/// Mail is fetched in the clear, by POP3 or IMAP.
pub(super) fn mailbox(place: Place, now: u64, stage: &mut Stage) {
    let is_imap = stage.rng.chance(0.5);
    let (port, label) = if is_imap { (143, "imap") } else { (110, "pop3") };
    let mut talk = place.talk(port, label, stage).then(Step::Open);
    let greeting = if is_imap { "* OK IMAP4rev1 Service Ready" } else { "+OK POP3 server ready" };
    talk = talk.then(Step::Say(Side::Resp, line(greeting)));
    for n in 0..stage.rng.between(3, 12) {
        let (ask, answer) = if is_imap {
            (
                format!("a{n:03} FETCH {n} (FLAGS BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)])"),
                format!("a{n:03} OK done"),
            )
        } else {
            (format!("RETR {n}"), "+OK message follows".to_owned())
        };
        let bytes = place.bytes(1_500, 1.3, stage).min(150_000);
        talk = talk
            .then(Step::Wait(place.pause(120 * MS, stage)))
            .then(Step::Say(Side::Orig, line(ask)))
            .then(Step::Pour { from: Side::Resp, bytes, content: Content::Text, pace: 30 * US })
            .then(Step::Say(Side::Resp, line(answer)));
    }
    closed(talk, stage).enter(now, stage);
}

/// People talk; the server repeats what the others say.
pub(super) fn chat(place: Place, now: u64, stage: &mut Stage) {
    let ends = place.ends(6667);
    note(TCP, ends, "irc", stage);
    let name = word(stage, 9);
    let mut talk = Conversation::new(crate::synth::Class::Benign, ends, place.rtt, &mut stage.rng).then(Step::Open);
    talk = talk.then(Step::Say(Side::Orig, line(format!("NICK {name}\r\nUSER {name} 0 * :{name}"))));
    talk = talk.then(Step::Pour { from: Side::Resp, bytes: 2_400, content: Content::Text, pace: 30 * US });
    for _ in 0..stage.rng.between(2, 40) {
        let side = if stage.rng.chance(0.25) { Side::Orig } else { Side::Resp };
        let words = stage.rng.between(2, 14);
        let said: Vec<String> = (0..words).map(|_| word(stage, 8)).collect();
        let message = match side {
            Side::Orig => format!("PRIVMSG #office :{}", said.join(" ")),
            Side::Resp => format!(":{}!u@192.0.2.44 PRIVMSG #office :{}", word(stage, 9), said.join(" ")),
        };
        talk = talk.then(Step::Wait(place.pause(4 * SEC, stage))).then(Step::Say(side, line(message)));
    }
    closed(talk, stage).enter(now, stage);
}
