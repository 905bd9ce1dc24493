using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>What becomes of connections: as upstream tracks them, with its mistakes (spec §8.1 P8, P12 to P16), and corrected.</summary>
public sealed class ConnectionTests
{
    private const int A = 0, B = 1;
    private const byte Syn = 0x02, SynAck = 0x12, Ack = 0x10, FinAck = 0x11, Rst = 0x04;
    private const Switches Life = Switches.ConnectionState | Switches.ReplyLabels;

    [Fact]
    public void Upstream_tracks_every_packet_at_every_hop()
    {
        TwoHosts hosts = new(Switches.None);
        Assert.Equal(Reason.Delivered, hosts.Send(A, IpProtocol.Tcp, 4000, 80, Syn));
        Assert.Equal(Reason.Delivered, hosts.Send(A, IpProtocol.Udp, 4000, 53));
        foreach (int side in (int[])[A, B])
        {
            Assert.Equal(
                [(IpProtocol.Tcp, ConnectionFlags.None), (IpProtocol.Udp, ConnectionFlags.Reevaluate)],
                hosts.Connections(side).Select(row => (row.Key.Flow.Protocol, row.Value.Flags)).Order());
        }
    }

    [Fact]
    public void Without_policy_the_lab_tracks_nothing()
    {
        TwoHosts hosts = new(Life);
        Assert.Equal(Reason.Delivered, hosts.Send(A, IpProtocol.Tcp, 4000, 80, Syn));
        Assert.Empty(hosts.Connections(A));
        Assert.Empty(hosts.Connections(B));
    }

    /// <summary>§8.1 P13: A's attempt is denied, and with it B's own, which uses the same ports.</summary>
    [Theory]
    [InlineData(Switches.None, Reason.ReplyDenied)]
    [InlineData(Life, Reason.Delivered)]
    public void A_denial_leaves_no_trace(Switches on, Reason expected)
    {
        TwoHosts hosts = new(on);
        hosts.Enforce(B, PolicyDirection.Ingress);
        Assert.Equal(Reason.IngressDenied, hosts.Send(A, IpProtocol.Tcp, 4000, 80, Syn));
        Assert.Equal(expected, hosts.Send(B, IpProtocol.Tcp, 80, 4000, Syn));
        Assert.Equal(on == Switches.None, hosts.Connections(A).Count > 0);
    }

    /// <summary>§8.1 P14: nobody has kept the label that let the request in.</summary>
    [Theory]
    [InlineData(Switches.None, Reason.ReplyDenied)]
    [InlineData(Switches.ReplyLabels, Reason.Delivered)]
    [InlineData(Life, Reason.Delivered)]
    [InlineData(Switches.ConnectionState, Reason.ReplyDenied)]
    public void A_reply_follows_the_request_a_label_let_in(Switches on, Reason expected)
    {
        TwoHosts hosts = new(on);
        hosts.Enforce(B, PolicyDirection.Ingress);
        hosts.SetLabels(A, 7, 0);
        DropletId here = new(B);
        hosts.Plane.Put(here, Tables.PolicyPorts, new PolicyPortKey(TwoHosts.Scope(B, PolicyDirection.Ingress), IpProtocol.Udp, 53), PolicyBits.Of(200));
        hosts.Plane.Put(here, Tables.PolicyLabels, new PolicyLabelKey(LabelKind.Pod, new EndpointKey(TwoHosts.Vpc, Ipv4Address.Any), 7, 0), PolicyBits.Of(200));
        Assert.Equal(Reason.Delivered, hosts.Send(A, IpProtocol.Udp, 4000, 53));
        Assert.Equal(expected, hosts.Send(B, IpProtocol.Udp, 53, 4000));
    }

    /// <summary>§8.1 P16: what allows a label into one endpoint allows it into the other, unless the row says which.</summary>
    [Theory]
    [InlineData(Life, Reason.Delivered)]
    [InlineData(Life | Switches.LabelsPerEndpoint, Reason.IngressDenied)]
    public void Labels_are_an_endpoints_own(Switches on, Reason expected)
    {
        TwoHosts hosts = new(on);
        hosts.Enforce(B, PolicyDirection.Ingress);
        hosts.SetLabels(A, 7, 0);
        DropletId here = new(B);
        hosts.Plane.Put(here, Tables.PolicyPorts, new PolicyPortKey(TwoHosts.Scope(B, PolicyDirection.Ingress), default, 0), PolicyBits.Of(0));
        Ipv4Address other = on.HasFlag(Switches.LabelsPerEndpoint) ? new Ipv4Address(0x0A0000FFu) : Ipv4Address.Any;
        hosts.Plane.Put(here, Tables.PolicyLabels, new PolicyLabelKey(LabelKind.Pod, new EndpointKey(TwoHosts.Vpc, other), 7, 0), PolicyBits.Of(0));
        Assert.Equal(expected, hosts.Send(A, IpProtocol.Udp, 4000, 53));
    }

    /// <summary>An endpoint that may not be spoken to is answered when it speaks, and only then, in each direction's policy.</summary>
    [Theory]
    [InlineData(PolicyDirection.Ingress)]
    [InlineData(PolicyDirection.Egress)]
    public void An_endpoint_under_one_policy_has_its_connections_known_in_both_directions(PolicyDirection direction)
    {
        TwoHosts hosts = new(Life);
        hosts.Enforce(B, direction);
        int opener = direction == PolicyDirection.Ingress ? B : A, replier = 1 - opener;
        Reason denied = direction == PolicyDirection.Ingress ? Reason.IngressDenied : Reason.EgressDenied;
        Assert.Equal(denied, hosts.Send(replier, IpProtocol.Tcp, 80, 4000, SynAck));
        Assert.Equal(Reason.Delivered, hosts.Send(opener, IpProtocol.Tcp, 4000, 80, Syn));
        Assert.Equal(Reason.Delivered, hosts.Send(replier, IpProtocol.Tcp, 80, 4000, SynAck));
        Assert.Equal(denied, hosts.Send(replier, IpProtocol.Tcp, 80, 4001, SynAck));
    }

    [Fact]
    public void A_connection_opens_lives_and_closes()
    {
        TwoHosts hosts = Guarded(Life);
        Assert.Equal(TcpPhase.Opening, PhaseAfter(hosts, A, Syn));
        Assert.Equal(TcpPhase.Established, PhaseAfter(hosts, B, SynAck));
        Assert.Equal(TcpPhase.Established, PhaseAfter(hosts, A, Ack));
        Assert.Equal(TcpPhase.OpenerDone, PhaseAfter(hosts, A, FinAck));
        Assert.Equal(TcpPhase.OpenerDone, PhaseAfter(hosts, A, FinAck));
        Assert.Equal(TcpPhase.Closed, PhaseAfter(hosts, B, FinAck));
        Assert.Equal(TcpPhase.Closed, PhaseAfter(hosts, A, Ack));
        Assert.Equal(TcpPhase.Opening, PhaseAfter(hosts, A, Syn));
        Assert.Equal(TcpPhase.ReplierDone, PhaseAfter(hosts, B, FinAck));
        Assert.Null(PhaseAfter(hosts, B, Rst));
        Assert.Null(PhaseAfter(hosts, A, Rst));
    }

    [Theory]
    [InlineData(IpProtocol.Tcp, false, 60)]
    [InlineData(IpProtocol.Tcp, true, 7200)]
    [InlineData(IpProtocol.Udp, true, 180)]
    public void An_idle_connection_ends(IpProtocol protocol, bool answered, int seconds)
    {
        TwoHosts hosts = new(Life);
        hosts.Enforce(B, PolicyDirection.Ingress);
        Assert.Equal(Reason.Delivered, hosts.Send(B, protocol, 4000, 80, Syn));
        if (answered)
        {
            Assert.Equal(Reason.Delivered, hosts.Send(A, protocol, 80, 4000, SynAck));
        }
        hosts.Wait(seconds - 0.1);
        Assert.Equal(Reason.Delivered, hosts.Send(B, protocol, 4000, 80));
        hosts.Wait(seconds + 0.1);
        Assert.Equal(Reason.IngressDenied, hosts.Send(A, protocol, 80, 4000));
        Assert.Empty(hosts.Connections(B));
    }

    [Fact]
    public void A_change_of_policy_ends_what_it_does_not_allow()
    {
        TwoHosts hosts = Guarded(Life);
        hosts.Allow(B, PolicyDirection.Ingress, IpProtocol.Tcp, 81);
        Assert.Equal(Reason.Delivered, hosts.Send(A, IpProtocol.Tcp, 4000, 80, Syn));
        Assert.Equal(Reason.Delivered, hosts.Send(A, IpProtocol.Tcp, 4001, 81, Syn));
        hosts.Forbid(B, PolicyDirection.Ingress, IpProtocol.Tcp, 80);
        Assert.Equal(Reason.Delivered, hosts.Send(B, IpProtocol.Tcp, 80, 4000, SynAck));
        Assert.Equal(Reason.IngressDenied, hosts.Send(A, IpProtocol.Tcp, 4000, 80));
        Assert.Equal(Reason.Delivered, hosts.Send(A, IpProtocol.Tcp, 4001, 81));
        Assert.Equal(81, Assert.Single(hosts.Connections(B)).Key.Flow.DestinationPort);
    }

    /// <summary>A renewal is no change: nothing is told of it, and the row has the new time.</summary>
    [Fact]
    public void A_packet_of_an_established_connection_changes_nothing_but_its_time()
    {
        TwoHosts hosts = Guarded(Life);
        ModelDataPlane model = (ModelDataPlane)hosts.Plane;
        model.ReportChanges = true;
        hosts.Send(A, IpProtocol.Tcp, 4000, 80, Syn);
        Assert.Equal(["connections"], model.TakeChanges().Select(change => change.Table));
        uint before = Assert.Single(hosts.Connections(B)).Value.Seen;
        hosts.Wait(5);
        hosts.Send(A, IpProtocol.Tcp, 4000, 80, Ack);
        Assert.Empty(model.TakeChanges());
        Assert.Equal(LabClock.Ticks(model.Now), Assert.Single(hosts.Connections(B)).Value.Seen);
        Assert.True(LabClock.Age(LabClock.Ticks(model.Now), before) >= LabClock.Ticks(SimTime.FromSeconds(5)) - 1);
    }

    /// <summary>§8.1 P8: behind the first fragment there are no ports, and upstream reads the payload for them.</summary>
    [Theory]
    [InlineData(Life, false, Reason.Delivered)]
    [InlineData(Life | Switches.Fragments, false, Reason.IngressDenied)]
    [InlineData(Life | Switches.Fragments, true, Reason.Delivered)]
    public void A_later_fragment_needs_an_element_for_any_port(Switches on, bool anyPort, Reason expected)
    {
        TwoHosts hosts = Guarded(on);
        if (anyPort)
        {
            hosts.Allow(B, PolicyDirection.Ingress, default, 0);
        }
        Assert.Equal(expected, hosts.Send(A, IpProtocol.Udp, 4000, 80, fragment: 0x0003));
        Assert.Equal(on == Life ? 1 : 0, hosts.Connections(B).Count);
    }

    /// <summary>Upstream has no policy for SCTP at all.</summary>
    [Theory]
    [InlineData(Life, 81, Reason.Delivered)]
    [InlineData(Life | Switches.SctpPorts, 81, Reason.IngressDenied)]
    [InlineData(Life | Switches.SctpPorts, 80, Reason.Delivered)]
    public void Sctp_has_ports(Switches on, int port, Reason expected)
    {
        TwoHosts hosts = Guarded(on);
        Assert.Equal(expected, hosts.Send(A, IpProtocol.Sctp, 4000, (ushort)port));
    }

    /// <summary>§8.1 P13: scanning fills upstream's table; the lab's holds only what policy allowed.</summary>
    [Theory]
    [InlineData(Switches.None, Reason.IngressDenied)]
    [InlineData(Life, Reason.Delivered)]
    public void A_scan_does_not_cut_what_is_established(Switches on, Reason expected)
    {
        TwoHosts hosts = new(on, new TableSizes { Connections = 8 });
        hosts.Enforce(B, PolicyDirection.Ingress);
        Assert.Equal(Reason.Delivered, hosts.Send(B, IpProtocol.Tcp, 4000, 80, Syn));
        for (ushort port = 1; port < 20; port++)
        {
            Assert.Equal(Reason.IngressDenied, hosts.Send(A, IpProtocol.Tcp, 5000, port, Syn));
        }
        Assert.Equal(expected, hosts.Send(A, IpProtocol.Tcp, 80, 4000, SynAck));
    }

    /// <summary>
    /// §8.1 P15: a client nobody may speak to asks a service; the backend's answer arrives before reverse NAT, under a tuple upstream has not tracked.
    /// </summary>
    [Theory]
    [InlineData(Switches.None, IpProtocol.Tcp, Reason.IngressDenied)]
    [InlineData(Switches.ServiceReplies, IpProtocol.Tcp, Reason.Delivered)]
    [InlineData(Switches.ServiceReplies | Switches.ReplyLabels, IpProtocol.Udp, Reason.Delivered)]
    [InlineData(Life, IpProtocol.Tcp, Reason.IngressDenied)]
    [InlineData(Life | Switches.ServiceReplies, IpProtocol.Tcp, Reason.Delivered)]
    [InlineData(Life | Switches.ServiceReplies, IpProtocol.Udp, Reason.Delivered)]
    public void A_services_reply_is_known_for_one(Switches on, IpProtocol protocol, Reason expected)
    {
        Ipv4Address service = new(0x0A000064u), client = TwoHosts.Address(A), backend = TwoHosts.Address(B);
        TwoHosts hosts = new(on);
        hosts.Enforce(A, PolicyDirection.Ingress);
        DropletId here = new(A);
        hosts.Plane.Put(
            here,
            Tables.ForwardNat,
            new NatKey(default, new FlowKey(client, service, 4000, 80, protocol)),
            new NatValue(client, backend, 4000, 8080, default, default) { Seen = LabClock.Ticks(hosts.Plane.Now) });
        hosts.Plane.Put(
            here,
            Tables.ReverseNat,
            new NatKey(default, new FlowKey(backend, client, 8080, 4000, protocol)),
            new NatValue(service, client, 80, 4000, default, default) { Seen = LabClock.Ticks(hosts.Plane.Now) });
        Assert.Equal(Reason.Delivered, hosts.SendTo(service, A, protocol, 4000, 80));
        Assert.Equal(expected, hosts.Send(B, protocol, 8080, 4000, SynAck));
        Assert.Equal(Reason.IngressDenied, hosts.Send(B, protocol, 8081, 4000, SynAck));
    }

    /// <summary>B, to which anybody may speak on port 80.</summary>
    private static TwoHosts Guarded(Switches on)
    {
        TwoHosts hosts = new(on);
        hosts.Enforce(B, PolicyDirection.Ingress);
        foreach (IpProtocol protocol in (IpProtocol[])[IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp])
        {
            hosts.Allow(B, PolicyDirection.Ingress, protocol, 80);
        }
        return hosts;
    }

    /// <summary>Sends a packet of one connection of A's; the phase its row at B's host is then in.</summary>
    private static TcpPhase? PhaseAfter(TwoHosts hosts, int from, byte flags)
    {
        Assert.Equal(Reason.Delivered, from == A ? hosts.Send(A, IpProtocol.Tcp, 4000, 80, flags) : hosts.Send(B, IpProtocol.Tcp, 80, 4000, flags));
        return hosts.Connections(B) is [var row] ? row.Value.Phase : null;
    }
}
