using System.Collections.Immutable;
using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Language;

/// <summary>
/// How a table's rows are written in <c>table</c> expectations: with names of the topology, or as <see cref="TableText"/>
/// prints them. Either way the row is parsed to its typed form and printed by <see cref="TableText"/>: a row that no table
/// could print is an error, not an expectation that is silently never (or, under <c>absent</c>, always) met.
/// </summary>
internal abstract class TableForm
{
    public abstract string Name { get; }

    public abstract string Row(Placed<string> text, TableNames names, Diagnostics diagnostics);

    public abstract string Key(Placed<string> text, TableNames names, Diagnostics diagnostics);
}

/// <inheritdoc/>
/// <param name="table">The table.</param>
/// <param name="example">A row, for errors.</param>
/// <param name="key">Parses a key; null when it is none.</param>
/// <param name="value">Parses a value, given its key; null when it is none.</param>
internal sealed class TableForm<TKey, TValue>(
    Table<TKey, TValue> table, string example, Func<string, TableNames, TKey?> key, Func<string, TKey, TableNames, TValue?> value) : TableForm
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    public override string Name => table.Name;

    public override string Row(Placed<string> text, TableNames names, Diagnostics diagnostics)
    {
        int equals = text.Value.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            diagnostics.Report(text.Where, $"a row of {Name} is a key, =, and a value", $"{example}?");
            return "";
        }
        string left = text.Value[..equals].Trim();
        string right = text.Value[(equals + 1)..].Trim();
        if (key(left, names) is not { } k)
        {
            names.ReportUnreadable(text.Where, $"'{left}' is no key of {Name}", left, example);
            return "";
        }
        if (value(right, k, names) is not { } v)
        {
            names.ReportUnreadable(text.Where, $"'{right}' is no value of {Name}", right, example);
            return "";
        }
        return TableText.Row(k, v);
    }

    public override string Key(Placed<string> text, TableNames names, Diagnostics diagnostics)
    {
        if (key(text.Value, names) is { } k)
        {
            return TableText.Key(k);
        }
        names.ReportUnreadable(text.Where, $"'{text.Value}' is no key of {Name}", text.Value, example.Split('=')[0].TrimEnd());
        return "";
    }
}

/// <summary>The registry: one entry a table of <see cref="Tables"/>.</summary>
internal static class TableForms
{
    public static ImmutableArray<TableForm> All { get; } =
    [
        new TableForm<int, InterfaceConfig>(
            Tables.Interface, "0 = slot 0 172.17.0.2 02:42:ac:11:00:02", (t, _) => RowText.Number(t), (t, _, n) =>
                RowText.Words(t) is ["slot", var slot, .. var host] && RowText.Number(slot) is { } s && n.Host(host) is { } h ? new InterfaceConfig(s, h.Address, h.Mac) : null),
        new TableForm<int, PortId>(Tables.Slots, "1 = port 1", (t, _) => RowText.Number(t), (t, _, _) => RowText.Port(t)),
        new TableForm<int, PortId>(Tables.AgentSlots, "0 = nic", (t, _) => RowText.Number(t), (t, _, _) => RowText.Port(t)),
        new TableForm<EndpointKey, EndpointValue>(
            Tables.Endpoints, "3/10.0.0.2 = simple 6a:00:0a:00:00:02 remotes [172.17.0.2] slot -1", (t, n) => n.EndpointOrDroplet(t), EndpointValueOf),
        new TableForm<NetworkKey, NetworkValue>(Tables.Networks, "net10 = [switch-1]", (t, n) => n.Network(t), (t, _, n) => n.Addresses(t) is { } list ? new NetworkValue(list) : null),
        new TableForm<Vni, AddressList>(Tables.Vpcs, "blue = [router-1]", (t, n) => n.Vpc(t), (t, _, n) => n.Addresses(t)),
        new TableForm<EndpointKey, CachedHost>(Tables.DirectPath, "c = right", (t, n) => n.Endpoint(t), CachedHostOf),
        new TableForm<AgentId, AgentConfig>(
            Tables.Agents, "1 = 172.17.0.2 02:42:ac:11:00:02 endpoint 3/10.0.0.2 bouncers [172.17.0.4]", (t, _) => RowText.Number(t) is { } i ? new AgentId(i) : null, AgentOf),
        new TableForm<AgentSubstrateKey, MacAddress>(Tables.AgentSubstrate, "1:0/172.17.0.4 = 02:42:ac:11:00:04", SubstrateKeyOf, (t, _, n) => n.Mac(t)),
        .. DetailForms.All,
    ];

    private static EndpointValue? EndpointValueOf(string text, EndpointKey key, TableNames names)
    {
        if (names.Elsewhere(text, key) is { } remote)
        {
            return remote;
        }
        int open = text.IndexOf('[', StringComparison.Ordinal);
        int close = text.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open
            || RowText.Words(text[..open]) is not [var type, var mac, "remotes"]
            || RowText.Words(text[(close + 1)..]) is not ["slot", var slot]
            || names.Addresses(text[open..(close + 1)]) is not { } remotes
            || names.Mac(mac) is not { } m
            || !int.TryParse(slot, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int s))
        {
            return null;
        }
        foreach (EndpointType each in Enum.GetValues<EndpointType>())
        {
            if (each.ToString().Equals(type, StringComparison.OrdinalIgnoreCase))
            {
                return new EndpointValue(each, remotes, s, m);
            }
        }
        return null;
    }

    /// <summary>A host, and <c>crosses</c> where the way there leaves the network (dialect <c>lab</c>).</summary>
    private static CachedHost? CachedHostOf(string text, EndpointKey key, TableNames names)
    {
        string[] words = RowText.Words(text);
        bool crosses = words is [.., _, "crosses"];
        return names.Host(crosses ? words[..^1] : words) is { } host ? new CachedHost(host) { Crosses = crosses } : null;
    }

    private static AgentConfig? AgentOf(string text, AgentId agent, TableNames names)
    {
        int open = text.IndexOf('[', StringComparison.Ordinal);
        return open > 0
            && RowText.Words(text[..open]) is [var nic, var mac, "endpoint", var endpoint, "bouncers"]
            && names.Host([nic, mac]) is { } host && names.Endpoint(endpoint) is { } key && names.Addresses(text[open..]) is { } bouncers
                ? new AgentConfig(host.Address, host.Mac, key, bouncers)
                : null;
    }

    private static AgentSubstrateKey? SubstrateKeyOf(string text, TableNames names)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && RowText.Number(text[..colon]) is { } agent && names.EndpointOrDroplet(text[(colon + 1)..]) is { } key
            ? new AgentSubstrateKey(new AgentId(agent), key)
            : null;
    }
}
