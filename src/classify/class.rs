//! What a model tells apart.

use crate::report::Proto;

/// An application protocol over its transport, or anything else over that transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// HTTP in the clear.
    Http,
    /// TLS, whatever is in it.
    Ssl,
    /// FTP's control connection.
    Ftp,
    /// SMTP.
    Smtp,
    /// SSH.
    Ssh,
    /// What else there is over TCP.
    OtherTcp,
    /// DNS over UDP.
    Dns,
    /// QUIC.
    Quic,
    /// What else there is over UDP.
    OtherUdp,
}

impl Class {
    /// Every class, those of a transport together and its rest last.
    pub const ALL: [Self; 9] = [
        Self::Http,
        Self::Ssl,
        Self::Ftp,
        Self::Smtp,
        Self::Ssh,
        Self::OtherTcp,
        Self::Dns,
        Self::Quic,
        Self::OtherUdp,
    ];

    /// Its name in model files and tables: the service's, or `other_tcp`, `other_udp`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Ssl => "ssl",
            Self::Ftp => "ftp",
            Self::Smtp => "smtp",
            Self::Ssh => "ssh",
            Self::OtherTcp => "other_tcp",
            Self::Dns => "dns",
            Self::Quic => "quic",
            Self::OtherUdp => "other_udp",
        }
    }

    /// The class of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// The transport it is over.
    #[must_use]
    pub fn proto(self) -> Proto {
        match self {
            Self::Dns | Self::Quic | Self::OtherUdp => Proto::UDP,
            _ => Proto::TCP,
        }
    }

    /// The service that it stands for; `None` for the rest of a transport.
    #[must_use]
    pub fn service(self) -> Option<&'static str> {
        (!matches!(self, Self::OtherTcp | Self::OtherUdp)).then(|| self.name())
    }

    /// The class of a recognised service over a transport; `None` where that is no question for a model: another
    /// transport, or a service that is near to one of the classes without being it (DNS by multicast or over TCP).
    #[must_use]
    pub fn of_service(service: &str, proto: Proto) -> Option<Self> {
        let service = if service == "tls" { "ssl" } else { service };
        let known = Self::ALL.into_iter().find(|class| class.service() == Some(service) && class.proto() == proto);
        match (proto, known) {
            (_, Some(class)) => Some(class),
            (_, None) if matches!(service, "dns" | "mdns" | "llmnr") => None,
            (Proto::TCP, None) => Some(Self::OtherTcp),
            (Proto::UDP, None) => Some(Self::OtherUdp),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_and_services_to_their_classes() {
        for class in Class::ALL {
            assert_eq!(Class::named(class.name()), Some(class));
            if let Some(service) = class.service() {
                assert_eq!(Class::of_service(service, class.proto()), Some(class));
            }
        }
        assert_eq!(Class::of_service("tls", Proto::TCP), Some(Class::Ssl));
        assert_eq!(Class::of_service("smb", Proto::TCP), Some(Class::OtherTcp));
        assert_eq!(Class::of_service("ssl", Proto::UDP), Some(Class::OtherUdp));
        assert_eq!(Class::of_service("dns", Proto::TCP), None);
        assert_eq!(Class::of_service("http", Proto::ICMP), None);
    }
}
