//! Databases: Redis, MySQL, PostgreSQL, SQL Server, Oracle, MongoDB.

use super::{Listed, Tally, Text, record};

record! {
    /// What a Redis connection says. Passwords, keys and values are not kept.
    ///
    /// **Source** the RESP specification.
    RedisRecord {
        /// Commands by their words.
        commands: Tally => "Commands",
        /// Passwords given: AUTH and HELLO with AUTH.
        login_attempts: u64 => "Login attempts",
        /// Passwords refused: WRONGPASS and ERR invalid password.
        failed_logins: u64 => "Failed logins",
        /// Commands refused because no password was given.
        unauthenticated: u64 => "Refused without login",
        /// Error answers of all kinds.
        errors: u64 => "Errors",
    }
}

record! {
    /// What a MySQL connection says. Passwords and queries are not kept.
    ///
    /// **Source** MySQL's client/server protocol, version 10.
    MysqlRecord {
        /// The server's version.
        version: Option<Text> => "Version",
        /// The first user name given.
        user: Option<Text> => "User",
        /// The first database asked for.
        database: Option<Text> => "Database",
        /// Commands by name.
        commands: Tally => "Commands",
        /// Logins tried.
        login_attempts: u64 => "Login attempts",
        /// Logins refused: errors 1044, 1045, 1698 and 3118.
        failed_logins: u64 => "Failed logins",
        /// Logins accepted.
        logins: u64 => "Logins",
        /// Error answers of all kinds.
        errors: u64 => "Errors",
        /// Whether the connection went over to TLS.
        has_tls: bool => "TLS",
    }
}

record! {
    /// What a PostgreSQL connection says. Passwords and queries are not kept.
    ///
    /// **Source** PostgreSQL's frontend/backend protocol, version 3.
    PostgresqlRecord {
        /// The user.
        user: Option<Text> => "User",
        /// The database.
        database: Option<Text> => "Database",
        /// The client's name for itself.
        application: Option<Text> => "Application",
        /// The server's version.
        version: Option<Text> => "Version",
        /// How the server wants the user to prove itself.
        auth_method: Option<&'static str> => "Authentication",
        /// Passwords given.
        login_attempts: u64 => "Login attempts",
        /// Logins refused: errors of class 28.
        failed_logins: u64 => "Failed logins",
        /// Logins accepted.
        logins: u64 => "Logins",
        /// Queries and statements sent.
        queries: u64 => "Queries",
        /// Error answers of all kinds.
        errors: u64 => "Errors",
        /// Whether the connection went over to TLS.
        has_tls: bool => "TLS",
    }
}

record! {
    /// What a SQL Server connection says. Passwords and queries are not kept.
    ///
    /// **Source** MS-TDS.
    MssqlRecord {
        /// Messages by type.
        messages: Tally => "Messages",
        /// The first user name given.
        user: Option<Text> => "User",
        /// The client's host name.
        host: Option<Text> => "Host",
        /// The client's program.
        application: Option<Text> => "Application",
        /// The database asked for.
        database: Option<Text> => "Database",
        /// Distinct procedures called by name.
        procedures: Listed<Text> => "Procedures",
        /// Logins tried; over TLS they are seen by their answer only.
        login_attempts: u64 => "Login attempts",
        /// Logins refused: error 18456 and its relatives.
        failed_logins: u64 => "Failed logins",
        /// Logins accepted.
        logins: u64 => "Logins",
        /// Error answers of all kinds.
        errors: u64 => "Errors",
        /// Whether logins go over TLS.
        has_tls: bool => "TLS",
    }
}

record! {
    /// What an Oracle connection says. Passwords and queries are not kept.
    ///
    /// **Source** the TNS protocol as Wireshark's documentation and public analyses describe it.
    OracleRecord {
        /// Packets by type.
        packets: Tally => "Packets",
        /// Service or instance asked for.
        service: Option<Text> => "Service",
        /// The client's program.
        program: Option<Text> => "Program",
        /// The client's host name.
        host: Option<Text> => "Host",
        /// The user of the client's operating system.
        os_user: Option<Text> => "Operating system user",
        /// The first database user given.
        user: Option<Text> => "User",
        /// Logins tried.
        login_attempts: u64 => "Login attempts",
        /// Logins refused: ORA-01017, ORA-28000 and their relatives.
        failed_logins: u64 => "Failed logins",
        /// Connections refused by the listener.
        refused: u64 => "Refused connections",
        /// Error answers of all kinds.
        errors: u64 => "Errors",
    }
}

record! {
    /// What a MongoDB connection says. Credentials and documents are not kept.
    ///
    /// **Source** the MongoDB wire protocol.
    MongodbRecord {
        /// Commands by name, old operations by theirs.
        commands: Tally => "Commands",
        /// Distinct databases named.
        databases: Listed<Text> => "Databases",
        /// Login exchanges begun.
        login_attempts: u64 => "Login attempts",
        /// Logins refused: error 18.
        failed_logins: u64 => "Failed logins",
        /// Error answers of all kinds.
        errors: u64 => "Errors",
    }
}
