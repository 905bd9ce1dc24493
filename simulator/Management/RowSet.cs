using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Management;

/// <summary>What a row is for; decides when it is written.</summary>
internal enum RowKind : byte
{
    Slot,
    Substrate,

    /// <summary>An endpoint that lives on this droplet.</summary>
    Hosted,

    /// <summary>An endpoint this droplet bounces for.</summary>
    Endpoint,
    Network,
    Vpc,
    AgentSubstrate,
    Agent,

    /// <summary>A service's ports, policy's ports, prefixes and labels, stages: what somebody looks at only when another row sends him.</summary>
    Detail,

    /// <summary>That an endpoint is under policy.</summary>
    Enforcement,

    /// <summary>The NIC, its peers.</summary>
    Own,
}

/// <summary>One droplet's rows in one state, collected to be held against another state's. Sorted by table and key, so that updates come in one order everywhere.</summary>
internal sealed class RowSet : ITableWriter
{
    private readonly SortedDictionary<(string Table, string Key), Row> rows = new(
        Comparer<(string Table, string Key)>.Create(static (a, b) =>
            string.CompareOrdinal(a.Table, b.Table) is var byTable and not 0 ? byTable : string.CompareOrdinal(a.Key, b.Key)));

    public static RowSet Of(DropletRows rows, DropletId droplet) => Of(writer => rows.Write(droplet, writer));

    public static RowSet Of(Action<ITableWriter> write)
    {
        RowSet set = new();
        write(set);
        return set;
    }

    /// <summary>Rows that the other set lacks or holds with another value.</summary>
    public IEnumerable<Row> NotIn(RowSet other) =>
        rows.Where(r => !other.rows.TryGetValue(r.Key, out Row? theirs) || !theirs.Value.Equals(r.Value.Value)).Select(r => r.Value);

    /// <summary>Rows whose key the other set lacks.</summary>
    public IEnumerable<Row> KeysNotIn(RowSet other) => rows.Where(r => !other.rows.ContainsKey(r.Key)).Select(r => r.Value);

    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct
    {
        (TKey k, TValue v) = (key, value);
        rows[(table.Name, TableText.Key(key))] = new Row(
            KindOf(table, value, key),
            value,
            to => new PutUpdate<TKey, TValue>(to, table, k, v),
            to => new DeleteUpdate<TKey, TValue>(to, table, k));
    }

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => rows.Remove((table.Name, TableText.Key(key)));

    private static RowKind KindOf<TKey, TValue>(ITable table, TValue value, TKey key)
        where TKey : struct
        where TValue : struct => value switch
        {
            _ when key is EndpointKey { Vni.Value: 0 } => RowKind.Substrate,
            EndpointValue { Slot: >= 0 } => RowKind.Hosted,
            EndpointValue => RowKind.Endpoint,
            InterfaceConfig or PeerState or TransmitStatistics or BandwidthLimit => RowKind.Own,
            StageProgram or PolicyBits or Translator or PortForward => RowKind.Detail,
            _ when key is PolicyScope => RowKind.Enforcement,
            _ when key is ServicePortKey => RowKind.Detail,
            AgentConfig => RowKind.Agent,
            _ when ReferenceEquals(table, Tables.AgentSubstrate) => RowKind.AgentSubstrate,
            _ when ReferenceEquals(table, Tables.Networks) => RowKind.Network,
            _ when ReferenceEquals(table, Tables.Vpcs) => RowKind.Vpc,
            _ => RowKind.Slot,
        };

    internal sealed record Row(RowKind Kind, object Value, Func<DropletId, TableUpdate> Put, Func<DropletId, TableUpdate> Delete);
}
