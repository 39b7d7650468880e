//! Link types by the numbers of the tcpdump registry.

/// The kind of a frame's first header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: the address family in the capturing host's byte order.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// Token ring.
    pub const IEEE802_5: Self = Self(6);
    /// ARCNET as BSD writes it.
    pub const ARCNET_BSD: Self = Self(7);
    /// Serial line IP, with a direction and the compressed header before it.
    pub const SLIP: Self = Self(8);
    /// PPP, with or without HDLC framing.
    pub const PPP: Self = Self(9);
    /// FDDI.
    pub const FDDI: Self = Self(10);
    /// Raw IP as some systems number it.
    pub const RAW_BSD: Self = Self(12);
    /// Raw IP as OpenBSD numbers it.
    pub const RAW_OPENBSD: Self = Self(14);
    /// PPP in HDLC framing.
    pub const PPP_HDLC: Self = Self(50);
    /// PPPoE without its Ethernet header.
    pub const PPP_ETHER: Self = Self(51);
    /// Multiprotocol over ATM AAL5 (RFC 2684, LLC).
    pub const ATM_RFC1483: Self = Self(100);
    /// Raw IP.
    pub const RAW: Self = Self(101);
    /// Cisco's HDLC.
    pub const C_HDLC: Self = Self(104);
    /// 802.11 without a radio header.
    pub const IEEE802_11: Self = Self(105);
    /// Classical IP over ATM as Linux captures it.
    pub const ATM_CLIP: Self = Self(106);
    /// Frame relay.
    pub const FRELAY: Self = Self(107);
    /// OpenBSD loopback: the address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// BSD IPsec interface.
    pub const ENC: Self = Self(109);
    /// Linux cooked capture, version 1.
    pub const LINUX_SLL: Self = Self(113);
    /// BSD packet filter log.
    pub const PFLOG: Self = Self(117);
    /// 802.11 after a Prism header.
    pub const IEEE802_11_PRISM: Self = Self(119);
    /// IP over Fibre Channel.
    pub const IP_OVER_FC: Self = Self(122);
    /// ATM as SunATM captures it.
    pub const SUNATM: Self = Self(123);
    /// 802.11 after a radiotap header.
    pub const IEEE802_11_RADIOTAP: Self = Self(127);
    /// ARCNET as Linux writes it.
    pub const ARCNET_LINUX: Self = Self(129);
    /// IP over IEEE 1394 as Apple writes it.
    pub const APPLE_IP_OVER_IEEE1394: Self = Self(138);
    /// DOCSIS.
    pub const DOCSIS: Self = Self(143);
    /// 802.11 after an AVS header.
    pub const IEEE802_11_AVS: Self = Self(163);
    /// PPP after a direction byte, as pppd writes it.
    pub const PPP_PPPD: Self = Self(166);
    /// Ethernet after a header of Juniper's.
    pub const JUNIPER_ETHER: Self = Self(178);
    /// Any link type after a per-packet information header.
    pub const PPI: Self = Self(192);
    /// Endace's extensible record format.
    pub const ERF: Self = Self(197);
    /// PPP after a direction byte.
    pub const PPP_WITH_DIR: Self = Self(204);
    /// Cisco's HDLC after a direction byte.
    pub const C_HDLC_WITH_DIR: Self = Self(205);
    /// Frame relay after a direction byte.
    pub const FRELAY_WITH_DIR: Self = Self(206);
    /// An MPLS label stack.
    pub const MPLS: Self = Self(219);
    /// Solaris IP observability.
    pub const IPNET: Self = Self(226);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Linux netfilter log.
    pub const NFLOG: Self = Self(239);
    /// Ethernet after four bytes of a netANALYZER.
    pub const NETANALYZER: Self = Self(240);
    /// IP over InfiniBand.
    pub const IPOIB: Self = Self(242);
    /// Any link type after Apple's packet header.
    pub const PKTAP: Self = Self(258);
    /// Ethernet with the preamble of a passive optical network.
    pub const EPON: Self = Self(259);
    /// Ethernet with its preamble.
    pub const ETHERNET_MPACKET: Self = Self(274);
    /// Linux cooked capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);

    /// The link type in a pcap file header's last field, whose upper bits tell of frame check sequences.
    #[must_use]
    pub fn from_pcap_header(field: u32) -> Self {
        Self(u16::try_from(field & 0xffff).unwrap_or(u16::MAX))
    }

    /// Its name in the registry, in lower case; `linktype_N` for numbers without one.
    #[must_use]
    pub fn name(self) -> String {
        self.known_name().map_or_else(|| format!("linktype_{}", self.0), str::to_owned)
    }

    /// Its name in the registry, in lower case.
    #[must_use]
    pub fn known_name(self) -> Option<&'static str> {
        Some(match self.0 {
            12 | 14 | 101 => "raw",
            147..=162 => "user",
            0 => "null",
            1 => "ethernet",
            2 => "exp_ethernet",
            3 => "ax25",
            4 => "pronet",
            5 => "chaos",
            6 => "ieee802_5",
            7 => "arcnet_bsd",
            8 => "slip",
            9 => "ppp",
            10 => "fddi",
            15 => "slip_bsdos",
            16 => "ppp_bsdos",
            19 => "atm_clip",
            32 => "redback_smartedge",
            50 => "ppp_hdlc",
            51 => "ppp_ether",
            99 => "symantec_firewall",
            100 => "atm_rfc1483",
            102 => "slip_bsdos",
            103 => "ppp_bsdos",
            104 => "c_hdlc",
            105 => "ieee802_11",
            106 => "atm_clip",
            107 => "frelay",
            108 => "loop",
            109 => "enc",
            110 => "lane8023",
            111 => "hippi",
            112 => "hdlc",
            113 => "linux_sll",
            114 => "ltalk",
            115 => "econet",
            116 => "ipfilter",
            117 => "pflog",
            118 => "cisco_ios",
            119 => "ieee802_11_prism",
            120 => "ieee802_11_aironet",
            121 => "hhdlc",
            122 => "ip_over_fc",
            123 => "sunatm",
            124 => "rio",
            125 => "pci_exp",
            126 => "aurora",
            127 => "ieee802_11_radiotap",
            128 => "tzsp",
            129 => "arcnet_linux",
            130 => "juniper_mlppp",
            131 => "juniper_mlfr",
            132 => "juniper_es",
            133 => "juniper_ggsn",
            134 => "juniper_mfr",
            135 => "juniper_atm2",
            136 => "juniper_services",
            137 => "juniper_atm1",
            138 => "apple_ip_over_ieee1394",
            139 => "mtp2_with_phdr",
            140 => "mtp2",
            141 => "mtp3",
            142 => "sccp",
            143 => "docsis",
            144 => "linux_irda",
            145 => "ibm_sp",
            146 => "ibm_sn",
            163 => "ieee802_11_avs",
            164 => "juniper_monitor",
            165 => "bacnet_ms_tp",
            166 => "ppp_pppd",
            167 => "juniper_pppoe",
            168 => "juniper_pppoe_atm",
            169 => "gprs_llc",
            170 => "gpf_t",
            171 => "gpf_f",
            172 => "gcom_t1e1",
            173 => "gcom_serial",
            174 => "juniper_pic_peer",
            175 => "erf_eth",
            176 => "erf_pos",
            177 => "linux_lapd",
            178 => "juniper_ether",
            179 => "juniper_ppp",
            180 => "juniper_frelay",
            181 => "juniper_chdlc",
            182 => "mfr",
            183 => "juniper_vp",
            184 => "a429",
            185 => "a653_icm",
            186 => "usb_freebsd",
            187 => "bluetooth_hci_h4",
            188 => "ieee802_16_mac_cps",
            189 => "usb_linux",
            190 => "can20b",
            191 => "ieee802_15_4_linux",
            192 => "ppi",
            193 => "ieee802_16_mac_cps_radio",
            194 => "juniper_ism",
            195 => "ieee802_15_4_withfcs",
            196 => "sita",
            197 => "erf",
            198 => "raif1",
            199 => "ipmb_kontron",
            200 => "juniper_st",
            201 => "bluetooth_hci_h4_with_phdr",
            202 => "ax25_kiss",
            203 => "lapd",
            204 => "ppp_with_dir",
            205 => "c_hdlc_with_dir",
            206 => "frelay_with_dir",
            207 => "lapb_with_dir",
            209 => "ipmb_linux",
            210 => "flexray",
            211 => "most",
            212 => "lin",
            213 => "x2e_serial",
            214 => "x2e_xoraya",
            215 => "ieee802_15_4_nonask_phy",
            216 => "linux_evdev",
            217 => "gsmtap_um",
            218 => "gsmtap_abis",
            219 => "mpls",
            220 => "usb_linux_mmapped",
            221 => "dect",
            222 => "aos",
            223 => "wihart",
            224 => "fc_2",
            225 => "fc_2_with_frame_delims",
            226 => "ipnet",
            227 => "can_socketcan",
            228 => "ipv4",
            229 => "ipv6",
            230 => "ieee802_15_4_nofcs",
            231 => "dbus",
            232 => "juniper_vs",
            233 => "juniper_srx_e2e",
            234 => "juniper_fibrechannel",
            235 => "dvb_ci",
            236 => "mux27010",
            237 => "stanag_5066_d_pdu",
            238 => "juniper_atm_cemic",
            239 => "nflog",
            240 => "netanalyzer",
            241 => "netanalyzer_transparent",
            242 => "ipoib",
            243 => "mpeg_2_ts",
            244 => "ng40",
            245 => "nfc_llcp",
            246 => "pfsync",
            247 => "infiniband",
            248 => "sctp",
            249 => "usbpcap",
            250 => "rtac_serial",
            251 => "bluetooth_le_ll",
            252 => "wireshark_upper_pdu",
            253 => "netlink",
            254 => "bluetooth_linux_monitor",
            255 => "bluetooth_bredr_bb",
            256 => "bluetooth_le_ll_with_phdr",
            257 => "profibus_dl",
            258 => "pktap",
            259 => "epon",
            260 => "ipmi_hpm_2",
            261 => "zwave_r1_r2",
            262 => "zwave_r3",
            263 => "wattstopper_dlm",
            264 => "iso_14443",
            265 => "rds",
            266 => "usb_darwin",
            267 => "openflow",
            268 => "sdlc",
            269 => "ti_lln_sniffer",
            270 => "loratap",
            271 => "vsock",
            272 => "nordic_ble",
            273 => "docsis31_xra31",
            274 => "ethernet_mpacket",
            275 => "displayport_aux",
            276 => "linux_sll2",
            277 => "sercos_monitor",
            278 => "openvizsla",
            279 => "ebhscr",
            280 => "vpp_dispatch",
            281 => "dsa_tag_brcm",
            282 => "dsa_tag_brcm_prepend",
            283 => "ieee802_15_4_tap",
            284 => "dsa_tag_dsa",
            285 => "dsa_tag_edsa",
            286 => "elee",
            287 => "z_wave_serial",
            288 => "usb_2_0",
            289 => "atsc_alp",
            290 => "etw",
            291 => "netanalyzer_ng",
            292 => "zboss_ncp",
            293 => "usb_2_0_low_speed",
            294 => "usb_2_0_full_speed",
            295 => "usb_2_0_high_speed",
            296 => "auerswald_log",
            297 => "zwave_tap",
            298 => "silabs_debug_channel",
            299 => "fira_uci",
            300 => "mdb",
            301 => "dect_nr",
            _ => return None,
        })
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
