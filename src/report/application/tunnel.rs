//! Tunnels and peers: WireGuard, OpenVPN, IKE, BitTorrent.

use super::{Tally, Text, record};

record! {
    /// What WireGuard messages say.
    ///
    /// **Source** WireGuard's protocol description.
    WireguardRecord {
        /// Messages by type.
        messages: Tally => "Messages",
    }
}

record! {
    /// What OpenVPN packets say.
    ///
    /// **Source** OpenVPN's protocol description.
    OpenvpnRecord {
        /// Packets by operation.
        packets: Tally => "Packets",
        /// Whether control packets are signed or encrypted by a key of both ends.
        has_wrapping: bool => "Wrapped control channel",
    }
}

record! {
    /// What IKE messages say.
    ///
    /// **Source** RFC 7296, RFC 2408.
    IkeRecord {
        /// Version: 1 or 2.
        version: Option<u8> => "Version",
        /// Messages by exchange.
        exchanges: Tally => "Exchanges",
        /// Vendor identifiers sent in clear.
        vendor_ids: u64 => "Vendor identifiers",
        /// Notifications sent in clear.
        notifications: u64 => "Notifications",
        /// Packets of the tunnel itself on the same ports.
        esp: u64 => "ESP packets",
    }
}

record! {
    /// What BitTorrent messages say.
    ///
    /// **Source** BEP 3, BEP 5, BEP 29.
    BittorrentRecord {
        /// How: peer connection, uTP or the distributed hash table.
        kind: Option<&'static str> => "Kind",
        /// Messages of the distributed hash table.
        messages: Tally => "Messages",
        /// What is shared, as the hash that names it.
        info_hash: Option<Text> => "Info hash",
        /// The client's software, as its identifier begins.
        client: Option<Text> => "Client",
    }
}
