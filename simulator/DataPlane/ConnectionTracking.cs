using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Connection tracking and policy at a hop: of what leaves an endpoint (§3.2 row 5a to c) and of what arrives by the underlay (§3.6 row 2). Upstream
/// tracks at every hop of every packet with ports, denials too, and knows a reply by nothing but the row of the other direction;
/// with <see cref="Switches.ConnectionState"/> it is <see cref="LiveConnections"/>.
/// </summary>
internal static class ConnectionTracking
{
    /// <summary>Whether a packet may leave its endpoint.</summary>
    public static bool Leaves(DropletTables tables, scoped in AgentView config, in InnerPacket packet, out ProgramResult denied)
    {
        if (tables.Settings.Has(Switches.ConnectionState))
        {
            Guard guard = new(PolicyDirection.Egress, config.HasEgressPolicy, config.HasIngressPolicy);
            return LiveConnections.Pass(tables, in guard, config.Vni, in packet, default, out denied);
        }
        return Pass(tables, PolicyDirection.Egress, config.Vni, in packet, default, out denied);
    }

    /// <summary>Whether a packet that arrived may go on.</summary>
    public static bool Enters(ref TransitFrame transit, in InnerPacket packet, out ProgramResult denied)
    {
        DropletTables tables = transit.Tables;
        LabelSource labels = LabelSource.Options(transit.Head);
        return tables.Settings.Has(Switches.ConnectionState)
            ? Enters(tables, transit.Vni, transit.Find(packet.Flow.Destination), in packet, in labels, out denied)
            : Pass(tables, PolicyDirection.Ingress, transit.Vni, in packet, in labels, out denied);
    }

    /// <summary>Whether a packet may enter an endpoint whose row is known: also one of this droplet, which it is delivered to without a transit.</summary>
    /// <param name="destination">Only looked at with <see cref="Switches.ConnectionState"/>.</param>
    public static bool Enters(
        DropletTables tables, Vni vni, scoped in EndpointView destination, in InnerPacket packet, in LabelSource labels, out ProgramResult denied)
    {
        if (!tables.Settings.Has(Switches.ConnectionState))
        {
            return Pass(tables, PolicyDirection.Ingress, vni, in packet, in labels, out denied);
        }
        Guard guard = new(PolicyDirection.Ingress, destination.HasIngressPolicy, destination.HasEgressPolicy);
        return LiveConnections.Pass(tables, in guard, vni, in packet, in labels, out denied);
    }

    /// <summary>
    /// Tracks a packet under the tuple NAT has given it (<see cref="Switches.ServiceReplies"/>), so that the backend's answer, which arrives
    /// before reverse NAT, is known for a reply. Upstream's is not (§3.9.5, §8.1 P15).
    /// </summary>
    /// <param name="tracked">Whether its endpoint is under policy; only looked at with <see cref="Switches.ConnectionState"/>.</param>
    /// <param name="packet">As it was before NAT; it was let through.</param>
    /// <param name="translated">As it goes on.</param>
    public static void Translated(DropletTables tables, bool tracked, Vni vni, in InnerPacket packet, in FlowKey translated)
    {
        if (!tables.Settings.Has(Switches.ServiceReplies) || !packet.HasPorts)
        {
            return;
        }
        ConnectionKey key = new(vni, translated);
        if (!tables.Settings.Has(Switches.ConnectionState))
        {
            tables.Learn(Tables.Connections, tables.Connections, in key, new ConnectionState(FlagsOf(tables, in packet)));
        }
        else if (tracked)
        {
            LiveConnections.Translated(tables, in key, in packet);
        }
    }

    /// <summary>What an allowed packet's row says: upstream has replies of UDP evaluated anew (§3.10).</summary>
    public static ConnectionFlags FlagsOf(DropletTables tables, in InnerPacket packet) =>
        packet.Flow.Protocol == IpProtocol.Udp && !tables.Settings.Has(Switches.ReplyLabels) ? ConnectionFlags.Reevaluate : ConnectionFlags.None;

    /// <summary>The refusal of a packet in its own direction.</summary>
    public static ProgramResult Denied(PolicyDirection direction) =>
        Answer.Aborted(direction == PolicyDirection.Egress ? Reason.EgressDenied : Reason.IngressDenied);

    private static bool Pass(
        DropletTables tables, PolicyDirection direction, Vni vni, in InnerPacket packet, in LabelSource labels, out ProgramResult denied)
    {
        denied = default;
        if (!packet.HasPorts)
        {
            return !packet.LacksPorts || Originates(tables, direction, vni, in packet, in labels, out denied);
        }
        ConnectionKey opened = new(vni, packet.Flow.Reversed);
        bool replies = tables.Connections.TryUse(in opened, out ConnectionState state);
        tables.Counters?.Asked(CacheTable.Connections, replies);
        if (replies)
        {
            denied = Answer.Aborted(Reason.ReplyDenied);
            return MayReply(tables, direction, vni, opened.Flow, state.Flags);
        }
        bool allowed = Originates(tables, direction, vni, in packet, in labels, out denied);
        if (denied.Reason != Reason.BadLabelOption)
        {
            // For every packet, of a denied one too; upstream writes the row even when it says so already.
            ConnectionFlags flags = FlagsOf(tables, in packet) | (allowed ? ConnectionFlags.None : ConnectionFlags.Denied);
            tables.Learn(Tables.Connections, tables.Connections, new ConnectionKey(vni, packet.Flow), new ConnectionState(flags));
        }
        return allowed;
    }

    /// <summary>Of UDP, what the policy of the other direction says of the packet that opened; of TCP, what was said then (§8.1 P13, P14).</summary>
    private static bool MayReply(DropletTables tables, PolicyDirection direction, Vni vni, in FlowKey opened, ConnectionFlags flags)
    {
        if ((flags & ConnectionFlags.Reevaluate) == 0 || tables.Settings.Has(Switches.ReplyLabels))
        {
            return (flags & ConnectionFlags.Denied) == 0;
        }
        PolicyDirection other = NetworkPolicy.Opposite(direction);
        return !NetworkPolicy.IsEnforced(tables, other, vni, in opened) || NetworkPolicy.Allows(tables, other, vni, in opened, showsPorts: true, labels: default);
    }

    private static bool Originates(
        DropletTables tables, PolicyDirection direction, Vni vni, in InnerPacket packet, in LabelSource labels, out ProgramResult denied)
    {
        // Read before anybody asks whether policy is enforced: at every hop a frame without whole label options is lost.
        if (!labels.TryRead(tables.Settings, out SenderLabels sender))
        {
            denied = Answer.Aborted(Reason.BadLabelOption);
            return false;
        }
        denied = Denied(direction);
        return !NetworkPolicy.IsEnforced(tables, direction, vni, packet.Flow)
            || NetworkPolicy.Allows(tables, direction, vni, packet.Flow, packet.HasPorts, sender);
    }
}
