import { openFolderPicker, openPicker } from "../app/input";
import { analyse } from "../app/store";
import { Glossary } from "./glossary";
import { FileIcon, LockIcon } from "./icons";
import { SideFiles } from "./side-files";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function Start() {
  return (
    <div class="start">
      <div class="start-head">
        <h1>Drop a packet capture. See what does not belong.</h1>
        <p class="lead">
          Wiresift groups the traffic into flows, learns what is usual in this capture, and shows what is not, with the
          reasons.
        </p>
      </div>
      <section class="drop" aria-label="Open a capture">
        <FileIcon />
        <p class="drop-title">Drop captures, tables or folders anywhere on this page</p>
        <div class="drop-actions">
          <button type="button" class="primary large" onClick={openPicker}>
            Choose files
          </button>
          <button type="button" class="large" onClick={openFolderPicker}>
            Choose a folder
          </button>
          <button type="button" class="large" onClick={() => analyse({ kind: "sample" })}>
            Try a sample
          </button>
        </div>
        <p class="hint">
          Recognised by content, compressed ones too; several become one report. <kbd>{isMac ? "⌘" : "Ctrl"}</kbd>{" "}
          <kbd>O</kbd> opens a file too.
        </p>
      </section>
      <SideFiles />
      <section class="promise" aria-labelledby="promise-title">
        <LockIcon />
        <div>
          <h2 id="promise-title">Your capture stays on this computer</h2>
          <p>
            The file is read by this page only. After loading, the page makes no network request: the browser itself is
            told to forbid them.
          </p>
          <details>
            <summary>Check it yourself</summary>
            <ul>
              <li>Switch the network off, then open a capture: everything still works.</li>
              <li>Or watch the Network tab of the developer tools while a capture is read: it stays empty.</li>
              <li>
                The policy stands first in the page's source (<code>Content-Security-Policy</code>,{" "}
                <code>connect-src 'none'</code>); the worker that reads the file is bound by it too.
              </li>
              <li>
                It does not protect against a modified copy of this page, or a malicious browser extension or operating
                system. In Chromium, WebRTC cannot be forbidden by a page's policy; this page contains none.
              </li>
            </ul>
          </details>
        </div>
      </section>
      <div class="facts">
        <section>
          <h2>What it reads</h2>
          <p>
            pcap, pcapng, snoop and ERF, plain or in gzip, zstd, lz4 or xz. Ethernet, Wi-Fi, PPP, Linux cooked and other
            links, with VLANs, MPLS and tunnels; IPv4, IPv6, TCP, UDP, SCTP, ICMP, ARP. What cannot be decoded is
            counted and shown, never dropped silently. Tables of flows or packets too: CSV or TSV by CICFlowMeter,
            NFStream or Wireshark, Zeek's conn.log as TSV or JSON, and this page's own. Beside them threat lists, port
            scans by nmap (<code>-oX</code>) and GeoIP databases (<code>.mmdb</code>), before, with or after the
            capture.
          </p>
        </section>
        <section>
          <h2>Big files</h2>
          <p>
            A capture is streamed in slices and never held whole, so several gigabytes are fine. Memory grows with the
            number of flows, not with the size of the file. You can cancel at any time.
          </p>
        </section>
        <section>
          <h2>What you get</h2>
          <p>
            A verdict, findings by host with evidence, a score for every flow or packet, charts, and tables to sort,
            filter and save. The packets behind each, byte by byte, and as a capture of their own.
          </p>
        </section>
      </div>
      <Glossary />
    </div>
  );
}
