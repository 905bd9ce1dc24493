using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Which of the two NAT caches: <see cref="Forward"/> is the client's frames', <see cref="Reverse"/> the backends'.</summary>
internal enum NatDirection : byte
{
    Forward,
    Reverse,
}

/// <summary>
/// The two NAT caches as programs use them. Upstream's entries stay until others push them out (§8.1 P12). With <see cref="Switches.ConnectionState"/>
/// an entry and its twin, the other direction's, live as long as either is in use, and end with the connection: at a RST at once, after a FIN of both
/// sides when the last segments have had their time.
/// </summary>
internal static class NatCache
{
    /// <summary>Looks a flow's entry up; with <see cref="Switches.ConnectionState"/> also follows the connection by this packet.</summary>
    public static bool TryUse(DropletTables tables, NatDirection direction, in NatKey key, in InnerPacket packet, out NatValue value)
    {
        value = default;
        if (!(direction == NatDirection.Forward ? tables.HasForwardNat : tables.HasReverseNat))
        {
            return false;
        }
        bool found = Finds(tables, direction, in key, in packet, out value);
        tables.Counters?.Asked(direction == NatDirection.Forward ? CacheTable.ForwardNat : CacheTable.ReverseNat, found);
        return found;
    }

    private static bool Finds(DropletTables tables, NatDirection direction, in NatKey key, in InnerPacket packet, out NatValue value)
    {
        if (!Of(tables, direction).TryUse(in key, out value))
        {
            return false;
        }
        if (!tables.Settings.Has(Switches.ConnectionState))
        {
            return true;
        }
        NatKey twin = TwinOf(in key, in value);
        bool isNew = direction == NatDirection.Forward && NatLife.BeginsAnew(packet.TcpFlags, value.State); // such a client gets a backend anew
        if (isNew || !IsAlive(tables, direction, in key, in value, in twin))
        {
            Remove(tables, direction, in key, in twin);
            return false;
        }
        Follow(tables, direction, in key, in value, in twin, in packet);
        return true;
    }

    /// <summary>Writes an entry that a client's packet gave cause for. One that says the same stays, as far as its connection has come.</summary>
    public static void Put(DropletTables tables, NatDirection direction, in NatKey key, in InnerPacket packet, in NatValue value)
    {
        LruTable<NatKey, NatValue> cache = Of(tables, direction);
        if (!tables.Settings.Has(Switches.ConnectionState))
        {
            Write(tables, direction, in key, in value);
            return;
        }
        if ((packet.TcpFlags & TcpBits.Rst) != 0)
        {
            return; // the last there is of its connection
        }
        bool same = cache.TryUse(in key, out NatValue there) && there with { State = value.State, Seen = value.Seen } == value;
        NatValue written = value with
        {
            State = (same ? there.State : NatState.None) | (Says(NatDirection.Forward, in packet) & (direction == NatDirection.Forward ? ~NatState.None : NatState.Finished)),
            Seen = tables.Now,
        };
        if (same && there.State == written.State)
        {
            DropletTables.Renew(cache, in key, in written);
        }
        else
        {
            Write(tables, direction, in key, in written);
        }
    }

    private static LruTable<NatKey, NatValue> Of(DropletTables tables, NatDirection direction) =>
        direction == NatDirection.Forward ? tables.ForwardNat : tables.ReverseNat;

    private static NatDirection Other(NatDirection direction) => direction == NatDirection.Forward ? NatDirection.Reverse : NatDirection.Forward;

    /// <summary>What an entry makes of a flow, the other way round, is what the other direction's frames look like.</summary>
    private static NatKey TwinOf(in NatKey key, in NatValue value) =>
        key with { Flow = new FlowKey(value.Destination, value.Source, value.DestinationPort, value.SourcePort, key.Flow.Protocol) };

    /// <summary>Whether the entry has been in use lately, or its twin, which lives as long.</summary>
    private static bool IsAlive(DropletTables tables, NatDirection direction, in NatKey key, in NatValue value, in NatKey twin) =>
        NatLife.IsRecent(tables, key.Flow.Protocol, value.State, value.Seen)
        || (Of(tables, Other(direction)).TryUse(in twin, out NatValue other) && NatLife.IsRecent(tables, key.Flow.Protocol, other.State, other.Seen));

    /// <summary>Notes what the packet says of the connection. A FIN is noted in both entries, so that either knows of both sides'.</summary>
    private static void Follow(DropletTables tables, NatDirection direction, in NatKey key, in NatValue value, in NatKey twin, in InnerPacket packet)
    {
        if ((packet.TcpFlags & TcpBits.Rst) != 0)
        {
            Remove(tables, direction, in key, in twin);
            return;
        }
        NatState says = Says(direction, in packet);
        NatValue followed = value with { State = value.State | says, Seen = tables.Now };
        if (followed.State == value.State)
        {
            DropletTables.Renew(Of(tables, direction), in key, in followed);
        }
        else
        {
            Write(tables, direction, in key, in followed);
        }
        NatState finished = says & NatState.Finished & ~value.State;
        if (finished != NatState.None && Of(tables, Other(direction)).TryUse(in twin, out NatValue other))
        {
            Write(tables, Other(direction), in twin, other with { State = other.State | finished });
        }
    }

    /// <summary>What the packet tells; a fragment without ports tells nothing.</summary>
    private static NatState Says(NatDirection direction, in InnerPacket packet) =>
        packet.HasPorts ? NatLife.Says(packet.Flow.Protocol, packet.TcpFlags, direction == NatDirection.Forward) : NatState.None;

    private static void Remove(DropletTables tables, NatDirection direction, in NatKey key, in NatKey twin)
    {
        tables.Forget(TableOf(direction), Of(tables, direction), in key);
        tables.Forget(TableOf(Other(direction)), Of(tables, Other(direction)), in twin);
    }

    private static void Write(DropletTables tables, NatDirection direction, in NatKey key, in NatValue value) =>
        tables.Learn(TableOf(direction), Of(tables, direction), in key, in value);

    private static Table<NatKey, NatValue> TableOf(NatDirection direction) =>
        direction == NatDirection.Forward ? Tables.ForwardNat : Tables.ReverseNat;
}
