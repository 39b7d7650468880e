//! Machines: Modbus, DNP3, S7comm, BACnet, EtherNet/IP.

use super::{Listed, Tally, record};

record! {
    /// What a Modbus/TCP flow says, counted over the whole flow.
    ///
    /// **Source** Modbus Application Protocol 1.1b3.
    ModbusRecord {
        /// Distinct units addressed.
        units: Listed<u8> => "Units",
        /// Requests by function.
        functions: Tally => "Functions",
        /// Requests.
        requests: u64 => "Requests",
        /// Answers, exceptions included.
        responses: u64 => "Responses",
        /// Requests that write coils, registers or files.
        writes: u64 => "Writes",
        /// Exceptions by kind.
        exceptions: Tally => "Exceptions",
        /// Lowest register or coil asked for.
        first_address: Option<u16> => "First address",
        /// Highest one.
        last_address: Option<u16> => "Last address",
    }
}

record! {
    /// What a DNP3 flow says, counted over the whole flow.
    ///
    /// **Source** IEEE 1815.
    Dnp3Record {
        /// Distinct stations that sent.
        sources: Listed<u16> => "Sources",
        /// Distinct stations addressed.
        destinations: Listed<u16> => "Destinations",
        /// Requests by function.
        functions: Tally => "Functions",
        /// Answers by function.
        responses: Tally => "Responses",
        /// Requests that write, operate or restart.
        writes: u64 => "Writes and controls",
    }
}

record! {
    /// What an S7comm flow says, counted over the whole flow.
    ///
    /// **Source** public analyses of the protocol, as Wireshark follows them.
    S7commRecord {
        /// Jobs by function.
        functions: Tally => "Functions",
        /// Jobs that write variables, load blocks, start or stop.
        writes: u64 => "Writes and controls",
        /// Answers that tell an error.
        errors: u64 => "Errors",
        /// Rack and slot of the controller, as the connection names them.
        destination: Option<u16> => "Destination TSAP",
        /// Whether it is the later S7comm-plus.
        is_plus: bool => "S7comm-plus",
    }
}

record! {
    /// What a BACnet/IP flow says, counted over the whole flow.
    ///
    /// **Source** ANSI/ASHRAE 135 annex J.
    BacnetRecord {
        /// Requests and announcements by service.
        services: Tally => "Services",
        /// Answers by kind.
        responses: Tally => "Responses",
        /// Requests that write properties or files, create, delete or reinitialise.
        writes: u64 => "Writes and controls",
        /// Distinct devices that name themselves.
        devices: Listed<u32> => "Devices",
    }
}

record! {
    /// What an EtherNet/IP flow says, counted over the whole flow.
    ///
    /// **Source** ODVA, CIP networks library volumes 1 and 2.
    EnipRecord {
        /// Requests and answers by command.
        commands: Tally => "Commands",
        /// CIP requests by service.
        services: Tally => "CIP services",
        /// CIP requests that write, reset, start or stop.
        writes: u64 => "Writes and controls",
        /// Answers that tell an error.
        errors: u64 => "Errors",
    }
}
