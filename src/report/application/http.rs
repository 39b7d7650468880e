//! HTTP: the first request and answer, and counts over all of them; of HTTP/2 only these.

use super::{Listed, Tally, Text, record};

record! {
    /// What a connection's HTTP messages say.
    HttpRecord {
        /// The first request's method.
        method: Option<Text> => "Method",
        /// Its host, by the header, else by the URI.
        host: Option<Text> => "Host",
        /// What it asks for.
        uri: Option<Text> => "URI",
        /// Its version: `1.1`; `2` of HTTP/2.
        version: Option<Text> => "Version",
        /// What the client says it is.
        user_agent: Option<Text> => "User agent",
        /// The page that led to it.
        referrer: Option<Text> => "Referrer",
        /// How the client shows who it is: `Basic`, `Bearer`, `NTLM`. Never the secret itself.
        authorization: Option<Text> => "Authorization scheme",
        /// What the client sends, by its own word.
        request_content_type: Option<Text> => "Request's content type",
        /// How much the first request carries, bytes, by its header.
        request_content_length: Option<u64> => "Request's content length",
        /// The first answer's status; one that only says to go on does not count.
        status: Option<u16> => "Status",
        /// What the server says it is.
        server: Option<Text> => "Server",
        /// What the server sends, by its own word.
        content_type: Option<Text> => "Content type",
        /// How much the first answer carries, bytes, by its header.
        content_length: Option<u64> => "Content length",
        /// The protocol both change to.
        upgrade: Option<Text> => "Changed to",
        /// Requests.
        requests: u64 => "Requests",
        /// Answers; of HTTP/2 those that ended.
        responses: u64 => "Responses",
        /// Requests by method.
        methods: Tally => "Requests by method",
        /// Answers by the hundreds of their status: `2xx`.
        statuses: Tally => "Responses by status",
        /// Answers that ask for credentials or refuse them: status 401, 403 and 407.
        denied: u64 => "Responses that ask for credentials or refuse them",
        /// Domain of the first user that logs in by NTLM.
        domain: Option<Text> => "Domain",
        /// The first user that logs in by NTLM.
        user: Option<Text> => "User",
        /// Distinct users that log in by NTLM.
        users: Listed<Text> => "Users",
        /// The client's own name, by NTLM.
        client_name: Option<Text> => "Client's name",
        /// The server's own name, by NTLM.
        server_name: Option<Text> => "Server's name",
        /// Realm of the service that the first Kerberos ticket is for.
        ticket_realm: Option<Text> => "Kerberos realm",
        /// The service that the first Kerberos ticket is for.
        ticket_service: Option<Text> => "Kerberos ticket for",
        /// Requests by the kind of attack that their URI, head or the beginning of their body looks like.
        attacks: Tally => "Requests that look like attacks",
        /// Bodies of either side that begin as something that runs, by what it is.
        executables: Tally => "Programs sent",
        /// What the first of them was asked for by, or sent to.
        executable_uri: Option<Text> => "Program's URI",
    }
}
