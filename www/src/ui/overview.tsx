import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useShown } from "../app/shown";
import { unitName } from "../app/store";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import {
  conversationFilter,
  countryFilter,
  dnsFilter,
  networkFilter,
  portFilter,
  serverFilter,
  talkerFilter,
} from "../lib/overview";
import type { Top, Volume } from "../lib/report";
import { InTurns } from "./in-turns";
import { showRows } from "./show-rows";
import { SeverityBadge } from "./value";

/** Entries shown of a list before the reader asks for more. */
const FEW = 5;
/** Characters shown of a name. */
const NAME = 80;

/** Who talks most, with whom, by what, and which names are asked for. */
export function Overview() {
  const [isAll, setAll] = useState(false);
  const shown = useShown()?.report ?? null;
  if (shown === null) return null;
  const { talkers, conversations, ports, server_names, dns_names } = shown.overview;
  const geography = shown.enrichment?.geography;
  const lists = [talkers, conversations, ports, server_names, dns_names, geography?.countries, geography?.networks];
  const most = Math.max(...lists.map((list) => list?.first.length ?? 0));
  const unit = unitName.value;
  if (most === 0) return null;
  return (
    <section class="card" aria-labelledby="overview-title">
      <div class="card-head">
        <h2 id="overview-title">Overview</h2>
        <p class="card-note">Flows by bytes, each with everything it has. An entry shows its {unit}s in the table.</p>
      </div>
      <div class="overview">
        <InTurns>
          <List
            title="Talkers"
            one="host"
            top={cut(talkers, isAll)}
            entry={(talker) => ({
              name: talker.address,
              filter: talkerFilter(talker),
              more: talker.severity !== "none" && <SeverityBadge severity={talker.severity} />,
            })}
          />
          <List
            title="Conversations"
            one="pair of hosts"
            many="pairs of hosts"
            top={cut(conversations, isAll)}
            entry={(both) => ({ name: `${both.a} and ${both.b}`, filter: conversationFilter(both, unit) })}
          />
          <List
            title="Ports and services"
            one="port"
            top={cut(ports, isAll)}
            entry={(port) => ({
              name: [port.port, format.protocol(port.proto)].filter((part) => part !== null).join(" "),
              filter: portFilter(port, unit),
              more: port.service !== null && <span class="under-inline">{visible(port.service, NAME)}</span>,
            })}
          />
          <List
            title="Servers by name"
            one="name"
            top={cut(server_names, isAll)}
            entry={(used) => ({ name: used.name, filter: serverFilter(used, unit) })}
          />
          <List
            title="Names asked for (DNS)"
            one="name"
            top={cut(dns_names, isAll)}
            entry={(used) => ({ name: used.name, filter: dnsFilter(used, unit) })}
          />
          {geography !== undefined && (
            <List
              title="Countries"
              one="country"
              many="countries"
              top={cut(geography.countries, isAll)}
              entry={(used) => ({
                name: used.country_name === null ? used.country : `${used.country_name} (${used.country})`,
                filter: countryFilter(used),
                more: <Hosts count={used.hosts} />,
              })}
            />
          )}
          {geography !== undefined && (
            <List
              title="Networks (AS)"
              one="network"
              top={cut(geography.networks, isAll)}
              entry={(used) => ({
                name: used.as_org === null ? `AS${used.asn}` : `AS${used.asn} ${used.as_org}`,
                filter: networkFilter(used),
                more: <Hosts count={used.hosts} />,
              })}
            />
          )}
        </InTurns>
      </div>
      {most > FEW && (
        <button type="button" class="small overview-more" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? `Show ${FEW} of each` : `Show up to ${most} of each`}
        </button>
      )}
    </section>
  );
}

/** The first few, the rest of those listed counted with the others. */
function cut<T extends Volume>({ count, first, others }: Top<T>, isAll: boolean): Top<T> {
  if (isAll) return { count, first, others };
  const sum = first
    .slice(FEW)
    .reduce<Volume>(
      (all, of) => ({ flows: all.flows + of.flows, packets: all.packets + of.packets, bytes: all.bytes + of.bytes }),
      others,
    );
  return { count, first: first.slice(0, FEW), others: sum };
}

interface Entry {
  name: string;
  /** What selects its rows; null where they do not say it. */
  filter: string | null;
  more?: ComponentChildren;
}

interface ListProps<T> {
  title: string;
  one: string;
  many?: string;
  top: Top<T>;
  entry: (of: T) => Entry;
}

function List<T extends Volume>({ title, one, many = `${one}s`, top, entry }: ListProps<T>) {
  if (top.count === 0) return null;
  const most = top.first[0]?.bytes ?? 0;
  const others = top.count - top.first.length;
  return (
    <table class="plain">
      <caption>
        <b>{title}</b> {format.counted(top.count, one, many)}
      </caption>
      <thead>
        <tr>
          <th scope="col">{format.capital(one)}</th>
          <th scope="col" class="number">
            Flows
          </th>
          <th scope="col" class="number">
            Packets
          </th>
          <th scope="col" class="number">
            Bytes
          </th>
        </tr>
      </thead>
      <tbody>
        {top.first.map((of) => {
          const { name, filter, more } = entry(of);
          return (
            <tr key={name}>
              <th scope="row">
                <Show name={visible(name, NAME)} filter={filter} /> {more}
                <span class="overview-bar" aria-hidden="true">
                  <span style={{ inlineSize: `${most === 0 ? 0 : (of.bytes / most) * 100}%` }} />
                </span>
              </th>
              <Numbers of={of} />
            </tr>
          );
        })}
        {others > 0 && (
          <tr class="overview-others">
            <th scope="row">{format.counted(others, `other ${one}`, `other ${many}`)}</th>
            <Numbers of={top.others} />
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Show({ name, filter }: { name: string; filter: string | null }) {
  if (filter === null) return <span>{name}</span>;
  return (
    <button type="button" class="overview-name" onClick={() => void showRows(filter)}>
      <span class="visually-hidden">Show </span>
      {name}
    </button>
  );
}

function Hosts({ count }: { count: number }) {
  return <span class="under-inline">{format.counted(count, "host")}</span>;
}

function Numbers({ of }: { of: Volume }) {
  return (
    <>
      <td class="number">{format.short(of.flows)}</td>
      <td class="number">{format.short(of.packets)}</td>
      <td class="number">{format.bytes(of.bytes)}</td>
    </>
  );
}
