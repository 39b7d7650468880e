//! Link types by the numbers of the tcpdump registry.

/// The kind of a frame's first header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: the address family in the capturing host's byte order.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// Raw IP as some systems number it.
    pub const RAW_BSD: Self = Self(12);
    /// Raw IP as OpenBSD numbers it.
    pub const RAW_OPENBSD: Self = Self(14);
    /// Raw IP.
    pub const RAW: Self = Self(101);
    /// OpenBSD loopback: the address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture, version 1.
    pub const LINUX_SLL: Self = Self(113);
    /// Endace records with their headers.
    pub const ERF: Self = Self(197);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Linux cooked capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);

    /// The link type in a pcap file header's last field, whose upper bits tell of frame check sequences.
    #[must_use]
    pub fn from_pcap_header(field: u32) -> Self {
        Self(u16::try_from(field & 0xffff).unwrap_or(u16::MAX))
    }

    /// Its name in the registry, in lower case; `linktype_N` for those not listed here.
    #[must_use]
    pub fn name(self) -> String {
        let known = match self.0 {
            0 => "null",
            1 => "ethernet",
            3 => "ax25",
            6 => "ieee802_5",
            7 => "arcnet_bsd",
            8 => "slip",
            9 => "ppp",
            10 => "fddi",
            12 | 14 | 101 => "raw",
            50 => "ppp_hdlc",
            51 => "ppp_ether",
            100 => "atm_rfc1483",
            104 => "c_hdlc",
            105 => "ieee802_11",
            107 => "frelay",
            108 => "loop",
            113 => "linux_sll",
            117 => "pflog",
            119 => "ieee802_11_prism",
            122 => "ip_over_fc",
            123 => "sunatm",
            127 => "ieee802_11_radiotap",
            129 => "arcnet_linux",
            138 => "apple_ip_over_ieee1394",
            143 => "docsis",
            144 => "linux_irda",
            147..=162 => "user",
            163 => "ieee802_11_avs",
            166 => "ppp_pppd",
            187 => "bluetooth_hci_h4",
            189 => "usb_linux",
            192 => "ppi",
            195 => "ieee802_15_4_withfcs",
            197 => "erf",
            201 => "bluetooth_hci_h4_with_phdr",
            220 => "usb_linux_mmapped",
            227 => "can_socketcan",
            228 => "ipv4",
            229 => "ipv6",
            230 => "ieee802_15_4_nofcs",
            231 => "dbus",
            239 => "nflog",
            242 => "ip_over_infiniband",
            249 => "usbpcap",
            251 => "bluetooth_le_ll",
            253 => "netlink",
            254 => "bluetooth_linux_monitor",
            276 => "linux_sll2",
            n => return format!("linktype_{n}"),
        };
        known.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_number_under_the_frame_check_bits() {
        assert_eq!(LinkType::from_pcap_header(0x5400_0001), LinkType::ETHERNET);
        assert_eq!(LinkType(9999).name(), "linktype_9999");
        assert_eq!(LinkType::LINUX_SLL.name(), "linux_sll");
    }
}
