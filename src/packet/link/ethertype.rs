//! Ethernet types by name (IEEE registry, and what equipment sends).

use super::Stop;

/// What a type that is not read announces.
pub(super) fn stop(number: u16) -> Stop {
    name(number).map_or(Stop::numbered("ethertype", number), Stop::named)
}

/// A type for people.
pub(super) fn type_text(number: u16) -> String {
    match number {
        0x0800 => "type ipv4".to_owned(),
        0x0806 => "type arp".to_owned(),
        0x86dd => "type ipv6".to_owned(),
        length @ ..=super::ethernet::LARGEST_802_3_LENGTH => format!("{length} bytes"),
        other => name(other).map_or_else(|| format!("type 0x{other:04x}"), |n| format!("type {n}")),
    }
}

fn name(number: u16) -> Option<&'static str> {
    Some(match number {
        0x0600 => "xns",
        0x0805 => "x25",
        0x0842 => "wol",
        0x0bad | 0x80c4 => "vines",
        0x22ea => "srp",
        0x22f0 => "avtp",
        0x22f4 => "isis",
        0x6000..=0x6002 => "mop",
        0x6003 => "decnet",
        0x6004 => "lat",
        0x6007 => "lavc",
        0x8035 => "rarp",
        0x809b => "appletalk",
        0x80f3 => "aarp",
        0x8100 => "vlan",
        0x8102 => "slpp",
        0x8137 | 0x8138 => "ipx",
        0x8204 => "qnx",
        0x876b => "vj compression",
        0x8808 => "mac control",
        0x8847 | 0x8848 => "mpls",
        0x8863 => "pppoe-discovery",
        0x8864 => "pppoe",
        0x887b => "homeplug",
        0x888e => "eapol",
        0x8892 => "profinet",
        0x8899 => "realtek",
        0x88a2 => "aoe",
        0x88a4 => "ethercat",
        0x88a8 => "s-vlan",
        0x88ab => "powerlink",
        0x88b7 => "oui extended",
        0x88b8 => "goose",
        0x88b9 => "gse",
        0x88ba => "sampled values",
        0x88c7 => "rsn preauthentication",
        0x88cc => "lldp",
        0x88cd => "sercos",
        0x88d9 => "lltd",
        0x88dc => "wsmp",
        0x88e1 => "homeplug-av",
        0x88e3 => "mrp",
        0x88e5 => "macsec",
        0x88f5 => "mvrp",
        0x88f6 => "mmrp",
        0x88f7 => "ptp",
        0x88f8 => "ncsi",
        0x88fb => "prp",
        0x8902 => "cfm",
        0x8903 => "fabricpath",
        0x8906 => "fcoe",
        0x890d => "tdls",
        0x8914 => "fip",
        0x8915 => "roce",
        0x891d => "ttethernet",
        0x893a => "ieee1905",
        0x8947 => "geonetworking",
        0x9000 => "loopback-ctp",
        0x4305 => "batman-adv",
        _ => return None,
    })
}
