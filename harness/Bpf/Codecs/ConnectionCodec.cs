using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Observation;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct connection_pair, in the learned table the programs track connections in: both directions of a flow are one entry (bpf/conntrack.h), here rows apart.
/// </summary>
internal sealed class ConnectionCodec(LearnedMap map) : TableCodec<ConnectionKey, ConnectionState>, ILearnedTableCodec
{
    public const int KeyBytes = 24;

    private const int StateBytes = 16, PairBytes = 2 * StateBytes;
    private const int VniAt = 0, FirstAt = 8, SecondAt = 12, FirstPortAt = 16, SecondPortAt = 18, ProtocolAt = 20;
    private const int SeenAt = 0, EgressAt = 4, IngressAt = 8, FlagsAt = 12, PhaseAt = 13, PresentAt = 14;

    public override void Put(in ConnectionKey key, in ConnectionState value)
    {
        Span<byte> k = stackalloc byte[KeyBytes], pair = stackalloc byte[PairBytes];
        int end = WriteKey(key, k);
        map.TryLookup(k, pair);
        Write(value, pair.Slice(end * StateBytes, StateBytes));
        map.Update(k, pair);
    }

    public override void Delete(in ConnectionKey key)
    {
        Span<byte> k = stackalloc byte[KeyBytes], pair = stackalloc byte[PairBytes];
        int end = WriteKey(key, k);
        if (!map.TryLookup(k, pair))
        {
            return;
        }
        pair.Slice(end * StateBytes, StateBytes).Clear();
        if (pair[((1 - end) * StateBytes) + PresentAt] == 0)
        {
            map.Delete(k);
        }
        else
        {
            map.Update(k, pair);
        }
    }

    public override IReadOnlyList<KeyValuePair<ConnectionKey, ConnectionState>> Rows()
    {
        byte[] keys = map.Keys();
        List<KeyValuePair<ConnectionKey, ConnectionState>> rows = new(keys.Length / KeyBytes);
        Span<byte> pair = stackalloc byte[PairBytes];
        for (int at = 0; at < keys.Length; at += KeyBytes)
        {
            ReadOnlySpan<byte> k = keys.AsSpan(at, KeyBytes);
            if (!map.TryLookup(k, pair))
            {
                continue;
            }
            ConnectionKey key = ReadKey(k);
            AddRow(rows, key, pair[..StateBytes]);
            AddRow(rows, key with { Flow = key.Flow.Reversed }, pair[StateBytes..]);
        }
        return rows;
    }

    public override void Clear() => map.Clear();

    /// <inheritdoc/>
    /// <remarks>A told key has the opener first.</remarks>
    public TableChange Describe(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed) =>
        new(Tables.Connections.Name, TableText.Key(ReadKey(key)), removed ? null : TableText.Value(Read(value)));

    public void Visit(IRowVisitor visitor, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool removed) =>
        visitor.Row(Tables.Connections, ReadKey(key), removed ? null : Read(value));

    private static void AddRow(List<KeyValuePair<ConnectionKey, ConnectionState>> rows, ConnectionKey key, ReadOnlySpan<byte> state)
    {
        if (state[PresentAt] != 0)
        {
            rows.Add(new KeyValuePair<ConnectionKey, ConnectionState>(key, Read(state)));
        }
    }

    /// <summary>Writes the key of the entry; which end of it opened.</summary>
    private static int WriteKey(in ConnectionKey key, Span<byte> bytes)
    {
        FlowKey flow = key.Flow;
        bool openerFirst = Order(flow.Source, flow.SourcePort) <= Order(flow.Destination, flow.DestinationPort);
        if (!openerFirst)
        {
            flow = flow.Reversed;
        }
        bytes.Clear();
        Layout.Write(bytes, VniAt, key.Vni.Value);
        flow.Source.Write(bytes[FirstAt..]);
        flow.Destination.Write(bytes[SecondAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[FirstPortAt..], flow.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[SecondPortAt..], flow.DestinationPort);
        bytes[ProtocolAt] = (byte)flow.Protocol;
        return openerFirst ? 0 : 1;
    }

    /// <summary>An end as the programs order it: as the words a little-endian machine reads off the wire.</summary>
    private static ulong Order(Ipv4Address address, ushort port) =>
        (ulong)address.WireWord << 16 | BinaryPrimitives.ReverseEndianness(port);

    private static ConnectionKey ReadKey(ReadOnlySpan<byte> bytes) => new(
        new Vni(Layout.Read<ulong>(bytes, VniAt)),
        new FlowKey(
            Ipv4Address.Read(bytes[FirstAt..]),
            Ipv4Address.Read(bytes[SecondAt..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[FirstPortAt..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[SecondPortAt..]),
            (IpProtocol)bytes[ProtocolAt]));

    private static void Write(in ConnectionState value, Span<byte> bytes)
    {
        bytes.Clear();
        Layout.Write(bytes, SeenAt, value.Seen);
        Layout.Write(bytes, EgressAt, value.Egress);
        Layout.Write(bytes, IngressAt, value.Ingress);
        bytes[FlagsAt] = (byte)value.Flags;
        bytes[PhaseAt] = (byte)value.Phase;
        bytes[PresentAt] = 1;
    }

    private static ConnectionState Read(ReadOnlySpan<byte> bytes) => new((ConnectionFlags)bytes[FlagsAt])
    {
        Phase = (TcpPhase)bytes[PhaseAt],
        Seen = Layout.Read<uint>(bytes, SeenAt),
        Egress = Layout.Read<uint>(bytes, EgressAt),
        Ingress = Layout.Read<uint>(bytes, IngressAt),
    };
}
