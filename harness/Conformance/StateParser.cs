using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>
/// Reads the state of a droplet in upstream's form: the <c>maps</c> of a vector, or one droplet of a chain's world. A table it does not know is
/// an error; so is a value the data plane could not hold.
/// </summary>
internal static class StateParser
{
    /// <summary>Transit's tail-called programs by upstream's names.</summary>
    public static readonly ImmutableSortedDictionary<string, StageProgram> StagePrograms = new SortedDictionary<string, StageProgram>(StringComparer.Ordinal)
    {
        ["transit_scaled_endpoint"] = StageProgram.ScaledEndpoint,
        ["transit_tx_proc"] = StageProgram.Tx,
        ["transit_pass_proc"] = StageProgram.Pass,
        ["transit_redirect_proc"] = StageProgram.Redirect,
        ["transit_drop_proc"] = StageProgram.Drop,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public static DropletState Droplet(Element maps)
    {
        if (maps.Optional("tables") is { } tables)
        {
            return OfTables(tables);
        }
        ImmutableArray<StateRow>.Builder rows = ImmutableArray.CreateBuilder<StateRow>();
        int agents = 0;
        foreach ((string name, Element table) in maps.Members())
        {
            if (name is "agent" or "agents")
            {
                foreach (Element agent in name == "agent" ? [table] : table.Items())
                {
                    rows.AddRange(AgentParser.Rows(agent, new AgentId(++agents)));
                }
            }
            else
            {
                rows.AddRange(Rows(name, table) ?? PolicyParser.Rows(name, table) ?? throw table.Error("no table of this name is known"));
            }
        }
        return new DropletState(rows.ToImmutable()) { Agents = agents };
    }

    /// <summary>Reads a droplet in the lab's own form (<see cref="Rows.RowForm"/>), which counts agents as far as a row or a link names one.</summary>
    public static DropletState OfTables(Element tables) => new(Conformance.Rows.RowForm.Read(tables)) { Agents = 127 };

    /// <summary>
    /// Reads what a run changed, in the same form; a row of <c>agent_endpoints_macs</c> is one of the running agent's own table.
    /// </summary>
    public static ImmutableArray<StateRow> Changes(Element changes, AgentId agent)
    {
        ImmutableArray<StateRow>.Builder rows = ImmutableArray.CreateBuilder<StateRow>();
        foreach ((string name, Element table) in changes.Members())
        {
            rows.AddRange(name switch
            {
                "ep_host_cache" or "conn_track" or "fwd_flow_mod_cache" or "rev_flow_mod_cache" => Rows(name, table)!,
                "agent_endpoints_macs" => table.Items().Select(row => AgentParser.Substrate(row, agent)),
                "tx_stats" => [StateRow.New(Tables.Statistics, 0, Counters(table))],
                _ => throw table.Error("no run changes a table of this name"),
            });
        }
        return rows.ToImmutable();
    }

    private static IEnumerable<StateRow>? Rows(string name, Element table) => name switch
    {
        "interface_config" => [StateRow.New(Tables.Interface, 0, Interface(table))],
        "interfaces_map" => table.Members().Select(member => StateRow.New(Tables.Slots, member.Value.NameAsNumber(SlotTable.Limit - 1), new PortId(member.Value.NameAsNumber(SlotTable.Limit - 1)))),
        "endpoints" => table.Items().Select(row => StateRow.New(Tables.Endpoints, KeyOf(row), Endpoint(row))),
        "networks" => table.Items().Select(row => StateRow.New(Tables.Networks, new NetworkKey(VniOf(row), Prefix(row, "ip")), List(row.Required("switches")))),
        "vpcs" => table.Items().Select(row => StateRow.New(Tables.Vpcs, VniOf(row), List(row.Required("routers")))),
        "ep_host_cache" => table.Items().Select(row => StateRow.New(
            Tables.DirectPath, KeyOf(row), new CachedHost(new HostAddress(row.Required("host_ip").Address(), row.Required("host_mac").Mac())))),
        "ports" => table.Items().Select(row => StateRow.New(
            Tables.ServicePorts, new ServicePortKey(KeyOf(row), Port(row, "port"), Protocol(row)), Port(row, "target_port"))),
        "fwd_flow_mod_cache" => table.Items().Select(row => StateRow.New(Tables.ForwardNat, new NatKey(default, Flow(row)), Nat(row.Required("value")))),
        "rev_flow_mod_cache" => table.Items().Select(row => StateRow.New(Tables.ReverseNat, new NatKey(default, Flow(row)), Nat(row.Required("value")))),
        "conn_track" => table.Items().Select(row => StateRow.New(
            Tables.Connections, new ConnectionKey(VniOf(row), Flow(row)), new ConnectionState((ConnectionFlags)row.Required("state").Unsigned(byte.MaxValue)))),
        "jmp_table" => table.Members().Select(member => StateRow.New(Tables.Stages, member.Value.NameAsNumber(StageSlot.ScaledEndpoint), Stage(member.Value))),
        "tx_stats" => table.Integer(0, 1) == 1 ? [StateRow.New(Tables.Statistics, 0, default(TransmitStatistics))] : [],
        _ => null,
    };

    public static InterfaceConfig Interface(Element row) =>
        new(row.Required("slot").Integer(int.MinValue, int.MaxValue), row.Required("ip").Address(), row.Required("mac").Mac());

    public static EndpointKey KeyOf(Element row) => new(VniOf(row), row.Required("ip").Address());

    public static Vni VniOf(Element row) => new(row.Required("vni").Unsigned());

    public static Ipv4Prefix Prefix(Element row, string address) => new(row.Required(address).Address(), row.Required("prefixlen").Integer(0, 32));

    public static ushort Port(Element row, string name) => (ushort)row.Required(name).Unsigned(ushort.MaxValue);

    public static IpProtocol Protocol(Element row) => (IpProtocol)row.Required("proto").Unsigned(byte.MaxValue);

    public static AddressList List(Element list)
    {
        Ipv4Address[] addresses = [.. list.Items().Select(item => item.Address())];
        return addresses.Length <= AddressList.Limit
            ? new AddressList(addresses)
            : throw list.Error($"a list holds at most {AddressList.Limit} addresses, not {addresses.Length}");
    }

    private static EndpointValue Endpoint(Element row)
    {
        AddressList remotes = List(row.Required("remote_ips"));
        if (row.Optional("nremote") is { } count && count.Integer(0, AddressList.Limit) != remotes.Count)
        {
            throw count.Error($"says otherwise than the {remotes.Count} addresses of 'remote_ips'");
        }
        EndpointType type = (EndpointType)row.Required("type").Integer(0, byte.MaxValue);
        int slot = row.Required("hosted_slot").Integer(int.MinValue, int.MaxValue);
        return new EndpointValue(type, remotes, slot, row.Required("mac").Mac());
    }

    private static FlowKey Flow(Element row)
    {
        Element key = row.Required("key");
        return new FlowKey(key.Required("saddr").Address(), key.Required("daddr").Address(), Port(key, "sport"), Port(key, "dport"), Protocol(key));
    }

    private static NatValue Nat(Element value) => new(
        value.Required("saddr").Address(),
        value.Required("daddr").Address(),
        Port(value, "sport"),
        Port(value, "dport"),
        value.Required("h_source").Mac(),
        value.Required("h_dest").Mac());

    private static StageProgram Stage(Element program) => StagePrograms.TryGetValue(program.Text(), out StageProgram known)
        ? known
        : throw program.Error($"'{program.Text()}' is none of {string.Join(", ", StagePrograms.Keys)}");

    private static TransmitStatistics Counters(Element counters)
    {
        return new TransmitStatistics(
            Bytes("bytes_redirect"), Bytes("bytes_expedited"), Bytes("bytes_pass"), Bytes("bytes_drop"),
            Packets("pkts_redirect"), Packets("pkts_expedited"), Packets("pkts_pass"), Packets("pkts_drop"));

        ulong Bytes(string name) => counters.Required(name).Unsigned();
        uint Packets(string name) => (uint)counters.Required(name).Unsigned(uint.MaxValue);
    }
}
