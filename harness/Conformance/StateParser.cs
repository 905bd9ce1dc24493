using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Reads the state of a droplet: the <c>maps</c> of a vector, or one droplet of a chain's world. A table it does not know is an error.</summary>
internal static class StateParser
{
    private const int MostStage = 99;

    public static DropletState Droplet(Element maps)
    {
        DropletState state = new();
        foreach ((string name, Element table) in maps.Members())
        {
            state = name switch
            {
                "interface_config" => state with { Interface = Interface(table) },
                "interfaces_map" => state with { Slots = Slots(table) },
                "endpoints" => state with { Endpoints = Rows(table, state.Endpoints, EndpointRow) },
                "networks" => state with { Networks = [.. table.Items().Select(NetworkRow)] },
                "vpcs" => state with { Vpcs = [.. table.Items().Select(row => KeyValuePair.Create(VniOf(row), List(row.Required("routers"))))] },
                "ep_host_cache" => state with { DirectPath = Rows(table, state.DirectPath, DirectPathRow) },
                "agent" => state with { Agents = [Agent(table)] },
                "agents" => state with { Agents = [.. table.Items().Select(Agent)] },
                "jmp_table" => state with { Stages = Stages(table) },
                "rev_flow_mod_cache" => state with { ReverseNat = [.. table.Items().Select(row => Flow(row.Required("key")))] },
                "ing_enforce" or "eg_enforce" => state with { Enforced = state.Enforced.AddRange(table.Items().Select(KeyOf)) },

                // Met only by frames that Needs tells by what else they meet: TCP and UDP, the scaled stage, a loaded statistics program.
                "fwd_flow_mod_cache" or "conn_track" or "ports" or "tx_stats"
                    or "ing_ppo" or "ing_prim" or "ing_supp" or "ing_except" or "ing_pod_label" or "ing_ns_label" or "ing_pod_ns_label"
                    or "eg_ppo" or "eg_prim" or "eg_supp" or "eg_except" => state,
                _ => throw table.Error("no table of this name is known"),
            };
        }
        return state;
    }

    public static KeyValuePair<EndpointKey, CachedHost> DirectPathRow(Element row) =>
        KeyValuePair.Create(KeyOf(row), (CachedHost)new HostAddress(row.Required("host_ip").Address(), row.Required("host_mac").Mac()));

    private static AgentState Agent(Element agent)
    {
        AgentState state = new();
        foreach ((string name, Element table) in agent.Members())
        {
            state = name switch
            {
                "metadata" => state with { Config = Config(table), MacOverride = table.Optional("dst_mac_override")?.Mac() ?? MacAddress.Zero },
                "interfaces_map" => state with { Slots = Slots(table) },
                "endpoints" => state with { Substrate = [.. table.Items().Select(row => KeyValuePair.Create(KeyOf(row), row.Required("mac").Mac()))] },
                "packet_metadata" => state with { Metadata = [.. table.Items().Select(MetadataRow)] },
                "jmp_table" => state with { Stages = Stages(table) },
                _ => throw table.Error("no table of this name is known to an agent"),
            };
        }
        return state;
    }

    private static AgentConfig Config(Element metadata)
    {
        InterfaceConfig nic = Interface(metadata.Required("eth"));
        return new AgentConfig(nic.Address, nic.Mac, KeyOf(metadata.Required("ep")), List(metadata.Required("net").Required("switches")));
    }

    private static InterfaceConfig Interface(Element row) =>
        new(row.Required("slot").Integer(int.MinValue, int.MaxValue), row.Required("ip").Address(), row.Required("mac").Mac());

    private static KeyValuePair<EndpointKey, EndpointValue> EndpointRow(Element row)
    {
        AddressList remotes = List(row.Required("remote_ips"));
        if (row.Optional("nremote") is { } count && count.Integer(0, AddressList.Limit) != remotes.Count)
        {
            throw count.Error($"says otherwise than the {remotes.Count} addresses of 'remote_ips'");
        }
        EndpointType type = (EndpointType)row.Required("type").Integer(0, int.MaxValue);
        int slot = row.Required("hosted_slot").Integer(int.MinValue, int.MaxValue);
        return KeyValuePair.Create(KeyOf(row), new EndpointValue(type, remotes, slot, row.Required("mac").Mac()));
    }

    private static KeyValuePair<NetworkKey, NetworkValue> NetworkRow(Element row)
    {
        Ipv4Prefix prefix = new(row.Required("ip").Address(), row.Required("prefixlen").Integer(0, 32));
        return KeyValuePair.Create(new NetworkKey(VniOf(row), prefix), new NetworkValue(List(row.Required("switches"))));
    }

    private static KeyValuePair<EndpointKey, PacketMetadata> MetadataRow(Element row) => KeyValuePair.Create(
        KeyOf(row),
        new PacketMetadata(Word(row.Required("pod_label")), Word(row.Required("ns_label")), Word(row.Required("class_prio"))));

    private static FlowKey Flow(Element key) => new(
        key.Required("saddr").Address(),
        key.Required("daddr").Address(),
        (ushort)key.Required("sport").Unsigned(ushort.MaxValue),
        (ushort)key.Required("dport").Unsigned(ushort.MaxValue),
        (IpProtocol)key.Required("proto").Unsigned(byte.MaxValue));

    private static uint Word(Element number) => (uint)number.Unsigned(uint.MaxValue);

    private static EndpointKey KeyOf(Element row) => new(VniOf(row), row.Required("ip").Address());

    private static Vni VniOf(Element row) => new(row.Required("vni").Unsigned());

    private static AddressList List(Element list)
    {
        Ipv4Address[] addresses = [.. list.Items().Select(item => item.Address())];
        return addresses.Length <= AddressList.Limit
            ? new AddressList(addresses)
            : throw list.Error($"a list holds at most {AddressList.Limit} addresses, not {addresses.Length}");
    }

    private static ImmutableArray<int> Slots(Element map) =>
        [.. map.Members().Select(member => member.Value.NameAsNumber(SlotTable.Limit - 1))];

    private static ImmutableSortedDictionary<int, string> Stages(Element map) =>
        ImmutableSortedDictionary<int, string>.Empty.SetItems(
            map.Members().Select(member => KeyValuePair.Create(member.Value.NameAsNumber(MostStage), member.Value.Text())));

    private static ImmutableSortedDictionary<EndpointKey, TValue> Rows<TValue>(
        Element table, ImmutableSortedDictionary<EndpointKey, TValue> empty, Func<Element, KeyValuePair<EndpointKey, TValue>> read)
    {
        ImmutableSortedDictionary<EndpointKey, TValue>.Builder rows = empty.ToBuilder();
        foreach (Element row in table.Items())
        {
            (EndpointKey key, TValue value) = read(row);
            rows[key] = value;
        }
        return rows.ToImmutable();
    }
}
