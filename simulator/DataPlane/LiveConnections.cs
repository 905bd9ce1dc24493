using System.Runtime.CompilerServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Whose policy a packet meets at this hop: an endpoint's, that it leaves (egress) or enters (ingress).</summary>
/// <param name="Enforced">Its policy in this direction is enforced.</param>
/// <param name="OtherEnforced">Its policy in the other direction is, so that what it opens and is answered must be known here too.</param>
internal readonly record struct Guard(PolicyDirection Direction, bool Enforced, bool OtherEnforced);

/// <summary>
/// Connections with a life (<see cref="Switches.ConnectionState"/>; §8.1 P12, P13): tracked only at endpoints under policy, only when allowed, gone with a
/// reset or when idle. A packet of a live connection is not evaluated again, unless policy was written since (<see cref="PolicyEpoch"/>).
/// </summary>
/// <remarks>
/// Two endpoints of one droplet share a row; so it says apart whether the opener was let out and whether it was let into the replier. A packet of the other
/// direction is a reply when the endpoint it leaves has been entered, or the endpoint it enters has been left.
/// </remarks>
internal static class LiveConnections
{
    public static bool Pass(
        DropletTables tables, in Guard guard, Vni vni, in InnerPacket packet, in LabelSource labels, out ProgramResult denied)
    {
        denied = default;
        return (!guard.Enforced && !guard.OtherEnforced) || Guarded(tables, in guard, vni, in packet, in labels, out denied);
    }

    /// <summary>The same of an endpoint under policy.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Guarded(
        DropletTables tables, in Guard guard, Vni vni, in InnerPacket packet, in LabelSource labels, out ProgramResult denied)
    {
        denied = default;
        if (!packet.HasPorts)
        {
            return !packet.LacksPorts || !guard.Enforced || Evaluate(tables, in guard, vni, in packet, in labels, out denied);
        }
        ConnectionKey key = new(vni, packet.Flow);
        ConnectionKey opened = key.Reversed;
        uint mark = LruTable<ConnectionKey, ConnectionState>.MarkOf(in key);
        ref ConnectionState reply = ref UseLive(tables, in opened, mark);
        if (!Unsafe.IsNullRef(in reply) && StampOf(NetworkPolicy.Opposite(guard.Direction), in reply) != 0)
        {
            tables.Counters?.Asked(CacheTable.Connections, hit: true);
            return Replies(tables, in guard, in opened, ref reply, in packet, out denied);
        }
        ref ConnectionState opening = ref UseLive(tables, in key, mark);
        return Opens(tables, in guard, in key, ref opening, in packet, in labels, out denied);
    }

    /// <summary>
    /// Whether a packet is one more of a connection that was let through before, and no news to it: what most packets under policy are. If so it is noted as seen. If not,
    /// nothing was written, and <see cref="Pass"/> is to be asked.
    /// </summary>
    /// <param name="direction">Of the policy it meets.</param>
    /// <param name="packet">A plain one (<see cref="PlainFrame.TryReadPacket"/>); with <see cref="Switches.ReplyLabels"/>.</param>
    public static bool TryRenew(DropletTables tables, PolicyDirection direction, Vni vni, in InnerPacket packet)
    {
        if (!packet.HasPorts)
        {
            return true;
        }
        ConnectionKey key = new(vni, in packet.Flow);
        uint mark = LruTable<ConnectionKey, ConnectionState>.MarkOf(in key);
        ref LruTable<ConnectionKey, ConnectionState>.Row row = ref tables.Connections.Find(key.Reversed, mark);
        bool replies = !Unsafe.IsNullRef(in row);
        if (!replies)
        {
            row = ref tables.Connections.Find(in key, mark);
            if (Unsafe.IsNullRef(in row))
            {
                return false;
            }
        }
        ref ConnectionState state = ref row.Value;
        TcpPhase steady = key.Protocol == IpProtocol.Tcp ? TcpPhase.Established : TcpPhase.None;
        if (!(replies ? StampOf(NetworkPolicy.Opposite(direction), in state) != 0 : StampOf(direction, in state) == tables.PolicyEpoch)
            || state.Phase != steady
            || (packet.TcpFlags & (TcpBits.Syn | TcpBits.Fin | TcpBits.Rst)) != 0
            || LabClock.Age(tables.Now, state.Seen) > tables.Lifetimes.Of(key.Protocol, steady))
        {
            return false;
        }
        tables.Connections.Touch(ref row);
        state.Seen = tables.Now;
        return true;
    }

    /// <summary>Tracks a packet the opener's agent let out under the tuple NAT gave it.</summary>
    public static void Translated(DropletTables tables, in ConnectionKey key, in InnerPacket packet)
    {
        ref ConnectionState row = ref UseLive(tables, in key, LruTable<ConnectionKey, ConnectionState>.MarkOf(in key));
        ConnectionState state = Unsafe.IsNullRef(in row) ? new ConnectionState(ConnectionTracking.FlagsOf(tables, in packet)) : row;
        Keep(tables, in key, ref row, state with { Egress = tables.PolicyEpoch }, in packet, byOpener: true);
    }

    private static bool Replies(
        DropletTables tables, in Guard guard, in ConnectionKey opened, ref ConnectionState row, in InnerPacket packet, out ProgramResult denied)
    {
        denied = Answer.Aborted(Reason.ReplyDenied);
        PolicyDirection other = NetworkPolicy.Opposite(guard.Direction);
        if (guard.OtherEnforced
            && (row.Flags & ConnectionFlags.Reevaluate) != 0
            && !tables.Settings.Has(Switches.ReplyLabels)
            && !NetworkPolicy.Allows(tables, other, opened.Vni, opened.Flow, showsPorts: true, labels: default))
        {
            return false;
        }
        Keep(tables, in opened, ref row, in row, in packet, byOpener: false);
        return true;
    }

    /// <param name="row">The connection's; a null reference: there is none.</param>
    private static bool Opens(
        DropletTables tables, in Guard guard, in ConnectionKey key, ref ConnectionState row, in InnerPacket packet, in LabelSource labels, out ProgramResult denied)
    {
        denied = default;
        if (!Unsafe.IsNullRef(in row) && row.Phase == TcpPhase.Closed && (packet.TcpFlags & (TcpBits.Syn | TcpBits.Ack)) == TcpBits.Syn)
        {
            // The port is used again: another connection.
            tables.Forget(Tables.Connections, tables.Connections, in key);
            row = ref Unsafe.NullRef<ConnectionState>();
        }
        bool known = !Unsafe.IsNullRef(in row);
        tables.Counters?.Asked(CacheTable.Connections, known);
        if (known && StampOf(guard.Direction, in row) == tables.PolicyEpoch)
        {
            Keep(tables, in key, ref row, in row, in packet, byOpener: true);
            return true;
        }
        ConnectionState state = known ? row : new ConnectionState(ConnectionTracking.FlagsOf(tables, in packet));
        if (guard.Enforced && !Evaluate(tables, in guard, key.Vni, in packet, in labels, out denied))
        {
            if (known && denied.Reason != Reason.BadLabelOption)
            {
                Revoke(tables, in key, in state, guard.Direction);
            }
            return false;
        }
        Keep(tables, in key, ref row, Stamped(in state, guard.Direction, tables.PolicyEpoch), in packet, byOpener: true);
        return true;
    }

    private static bool Evaluate(
        DropletTables tables, in Guard guard, Vni vni, in InnerPacket packet, in LabelSource labels, out ProgramResult denied)
    {
        denied = Answer.Aborted(Reason.BadLabelOption);
        if (!labels.TryRead(tables.Settings, out SenderLabels sender))
        {
            return false;
        }
        denied = ConnectionTracking.Denied(guard.Direction);
        return NetworkPolicy.Allows(tables, guard.Direction, vni, packet.Flow, packet.HasPorts, sender);
    }

    /// <summary>The policy that let it through in this direction does not any more.</summary>
    private static void Revoke(DropletTables tables, in ConnectionKey key, in ConnectionState state, PolicyDirection direction)
    {
        ConnectionState left = Stamped(in state, direction, 0);
        if (left.Egress == 0 && left.Ingress == 0)
        {
            tables.Forget(Tables.Connections, tables.Connections, in key);
        }
        else if (left != state)
        {
            tables.Learn(Tables.Connections, tables.Connections, in key, in left);
        }
    }

    /// <summary>Writes the connection as the packet leaves it: its phase, and when it was seen.</summary>
    /// <param name="row">Its row; a null reference: there is none.</param>
    /// <param name="state">What it is to be, but for that.</param>
    private static void Keep(
        DropletTables tables, in ConnectionKey key, ref ConnectionState row, in ConnectionState state, in InnerPacket packet, bool byOpener)
    {
        if ((packet.TcpFlags & TcpBits.Rst) != 0)
        {
            tables.Forget(Tables.Connections, tables.Connections, in key);
            return;
        }
        TcpPhase phase = PhaseAfter(state.Phase, in packet, byOpener);
        if (!Unsafe.IsNullRef(in row) && phase == row.Phase && (Unsafe.AreSame(in row, in state) || row with { Seen = state.Seen } == state))
        {
            // It was used when it was found; that it was seen is no change, and nothing is noted.
            row.Seen = tables.Now;
            return;
        }
        tables.Learn(Tables.Connections, tables.Connections, in key, state with { Phase = phase, Seen = tables.Now });
    }

    private static TcpPhase PhaseAfter(TcpPhase phase, in InnerPacket packet, bool byOpener)
    {
        if (packet.Flow.Protocol != IpProtocol.Tcp)
        {
            return TcpPhase.None;
        }
        if (phase == TcpPhase.None)
        {
            // The first we see of it: its SYN, or later when policy came, or its row went, in the middle.
            phase = TcpPhase.Opening;
        }
        if (phase == TcpPhase.Opening && !byOpener && (packet.TcpFlags & TcpBits.Ack) != 0)
        {
            phase = TcpPhase.Established;
        }
        if ((packet.TcpFlags & TcpBits.Fin) == 0)
        {
            return phase;
        }
        (TcpPhase own, TcpPhase others) = byOpener ? (TcpPhase.OpenerDone, TcpPhase.ReplierDone) : (TcpPhase.ReplierDone, TcpPhase.OpenerDone);
        return phase == others || phase == TcpPhase.Closed ? TcpPhase.Closed : own;
    }

    /// <summary>The row of a connection that has not been idle too long; one that has goes.</summary>
    /// <param name="mark">The key's.</param>
    /// <returns>A null reference when there is none.</returns>
    private static ref ConnectionState UseLive(DropletTables tables, in ConnectionKey key, uint mark)
    {
        ref ConnectionState row = ref tables.Connections.Use(in key, mark);
        if (Unsafe.IsNullRef(in row) || LabClock.Age(tables.Now, row.Seen) <= tables.Lifetimes.Of(key.Protocol, row.Phase))
        {
            return ref row;
        }
        tables.Forget(Tables.Connections, tables.Connections, in key);
        return ref Unsafe.NullRef<ConnectionState>();
    }

    private static uint StampOf(PolicyDirection direction, in ConnectionState state) =>
        direction == PolicyDirection.Egress ? state.Egress : state.Ingress;

    private static ConnectionState Stamped(in ConnectionState state, PolicyDirection direction, uint stamp) =>
        direction == PolicyDirection.Egress ? state with { Egress = stamp } : state with { Ingress = stamp };
}
