using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.DataPlane;

/// <summary>How long a client host's NAT entries live with <see cref="Switches.ConnectionState"/>, and that upstream's live on.</summary>
public sealed class NatLifeTests
{
    private static readonly DropletId Host = new(0);
    private static readonly Vni Vpc = new(3);
    private static readonly MacAddress ClientMac = MacAddress.Parse("6a:00:00:00:00:02"), ServiceMac = MacAddress.Parse("6a:00:00:00:00:64");
    private static readonly Ipv4Address Client = Ipv4Address.Parse("10.0.0.2"), Service = Ipv4Address.Parse("10.0.0.100"), Backend = Ipv4Address.Parse("10.0.0.3");
    private static readonly Ipv4Address Nic = Ipv4Address.Parse("172.17.0.11"), Bouncer = Ipv4Address.Parse("172.17.0.21");
    private static readonly MacAddress NicMac = MacAddress.Parse("02:42:ac:11:00:0b"), BouncerMac = MacAddress.Parse("02:42:ac:11:00:15");

    private readonly ModelDataPlane model;

    public NatLifeTests() => model = World(Switches.ConnectionState);

    [Fact]
    public void AnIdleEntryEndsWithItsTwin()
    {
        Remember(IpProtocol.Udp);
        At(179);
        Assert.Equal(Backend, Sent(IpProtocol.Udp));
        At(179 + 179);
        Assert.Equal(Backend, Sent(IpProtocol.Udp));
        At(179 + 179 + 182);
        Assert.Equal(Service, Sent(IpProtocol.Udp));
        Assert.Empty(model.Rows(Host, Tables.ForwardNat));
        Assert.Empty(model.Rows(Host, Tables.ReverseNat));
    }

    [Fact]
    public void EitherDirectionKeepsBothAlive()
    {
        Remember(IpProtocol.Udp);
        for (int second = 100; second <= 1_000; second += 100)
        {
            At(second);
            Assert.Equal(Service, Received(IpProtocol.Udp));
        }
        Assert.Equal(Backend, Sent(IpProtocol.Udp));
    }

    [Fact]
    public void AConnectionThatWasNotOpenedEndsSoonerThanOneThatWas()
    {
        Remember(IpProtocol.Tcp);
        Assert.Equal(Backend, Sent(IpProtocol.Tcp, TcpFlags.Syn));
        At(61);
        Assert.Equal(Service, Sent(IpProtocol.Tcp, TcpFlags.Ack));

        Remember(IpProtocol.Tcp);
        Assert.Equal(Backend, Sent(IpProtocol.Tcp, TcpFlags.Ack));
        At(61 + 7_199);
        Assert.Equal(Backend, Sent(IpProtocol.Tcp, TcpFlags.Ack));
        At(61 + 7_199 + 7_202);
        Assert.Equal(Service, Sent(IpProtocol.Tcp, TcpFlags.Ack));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AResetIsTranslatedAndTheLast(bool byClient)
    {
        Remember(IpProtocol.Tcp);
        if (byClient)
        {
            Assert.Equal(Backend, Sent(IpProtocol.Tcp, TcpFlags.Reset));
        }
        else
        {
            Assert.Equal(Service, Received(IpProtocol.Tcp, TcpFlags.Reset | TcpFlags.Ack));
        }
        Assert.Empty(model.Rows(Host, Tables.ForwardNat));
        Assert.Empty(model.Rows(Host, Tables.ReverseNat));
    }

    [Fact]
    public void AfterAFinOfBothSidesTheLastSegmentsHaveTheirTime()
    {
        Remember(IpProtocol.Tcp);
        Sent(IpProtocol.Tcp, TcpFlags.Fin | TcpFlags.Ack);
        At(1_000);
        Assert.Equal(Service, Received(IpProtocol.Tcp, TcpFlags.Fin | TcpFlags.Ack));
        Assert.Equal(NatState.Established | NatState.Finished, model.Rows(Host, Tables.ForwardNat).Single().Value.State);
        At(1_059);
        Assert.Equal(Backend, Sent(IpProtocol.Tcp, TcpFlags.Ack));
        At(1_059 + 61);
        Assert.Equal(Service, Sent(IpProtocol.Tcp, TcpFlags.Ack));
    }

    [Fact]
    public void AClientThatOpensAnewGetsABackendAnew()
    {
        Remember(IpProtocol.Tcp);
        Sent(IpProtocol.Tcp, TcpFlags.Fin | TcpFlags.Ack);
        Received(IpProtocol.Tcp, TcpFlags.Fin | TcpFlags.Ack);

        Assert.Equal(Service, Sent(IpProtocol.Tcp, TcpFlags.Syn));
        Assert.Empty(model.Rows(Host, Tables.ReverseNat));
    }

    [Fact]
    public void UpstreamsEntriesStay()
    {
        ModelDataPlane upstream = World(Switches.None);
        Remember(IpProtocol.Tcp, upstream);
        Sent(IpProtocol.Tcp, TcpFlags.Fin | TcpFlags.Ack, upstream);
        Received(IpProtocol.Tcp, TcpFlags.Reset, upstream);
        upstream.Now = SimTime.FromSeconds(100_000);

        Assert.Equal(Backend, Sent(IpProtocol.Tcp, TcpFlags.Syn, upstream));
    }

    [Fact]
    public void ATimeThatPassesIsNoChange()
    {
        Remember(IpProtocol.Udp);
        model.ReportChanges = true;
        At(5);
        Sent(IpProtocol.Udp);

        Assert.DoesNotContain(model.TakeChanges(), change => change.Table == Tables.ForwardNat.Name);
        Assert.Equal(LabClock.Ticks(SimTime.FromSeconds(5)), model.Rows(Host, Tables.ForwardNat).Single().Value.Seen);
    }

    private static ModelDataPlane World(Switches on)
    {
        ModelDataPlane model = new(1, DataPlaneSettings.Lab with { On = on });
        model.Put(Host, Tables.Interface, 0, new InterfaceConfig(0, Nic, NicMac));
        model.Put(Host, Tables.Slots, 0, PortId.Nic);
        model.Put(Host, Tables.Slots, 1, new PortId(1));
        model.Put(Host, Tables.AgentSlots, 0, PortId.Nic);
        model.Put(Host, Tables.Endpoints, new EndpointKey(Vpc, Client), new EndpointValue(EndpointType.Simple, new AddressList(Nic), 1, ClientMac));
        model.Put(Host, Tables.Agents, new AgentId(1), new AgentConfig(Nic, NicMac, new EndpointKey(Vpc, Client), new AddressList(Bouncer)));
        model.Put(Host, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(1), new EndpointKey(Vni.Substrate, Bouncer)), BouncerMac);
        return model;
    }

    private void At(int seconds) => model.Now = SimTime.FromSeconds(seconds);

    /// <summary>The client's host is told which backend the flow has, as a bouncer tells it.</summary>
    private void Remember(IpProtocol protocol, ModelDataPlane? at = null)
    {
        MizarOptions options = new(
            Rts: null,
            new ScaledOption(Client, Backend, 4000, 8080, ClientMac, ServiceMac),
            PodLabel: 0,
            NamespaceLabel: 0);
        byte[] frame = PacketBuilder.Encapsulate(new MizarTunnel(NicMac, BouncerMac, Bouncer, Nic, Vpc, options), Packet(protocol, TcpFlags.Syn, Client, Service, 4000, 80)).ToBytes();
        Frame told = Frame.FromBytes(frame);
        Assert.Equal(Reason.Modified, (at ?? model).Run(Host, ProgramId.Transit, default, ref told).Reason);
    }

    /// <summary>Whom the client's packet to the service goes to.</summary>
    private Ipv4Address Sent(IpProtocol protocol, TcpFlags flags = TcpFlags.None, ModelDataPlane? at = null)
    {
        Frame frame = Frame.FromBytes(Packet(protocol, flags, Client, Service, 4000, 80));
        Assert.Equal(Reason.ToBouncer, (at ?? model).Run(Host, ProgramId.Agent, new AgentId(1), ref frame).Reason);
        return Ipv4Address.Read(frame.HeadView[(114 + 30)..]);
    }

    /// <summary>Whom the client takes the backend's packet to be from.</summary>
    private Ipv4Address Received(IpProtocol protocol, TcpFlags flags = TcpFlags.None, ModelDataPlane? at = null)
    {
        byte[] packet = Packet(protocol, flags, Backend, Client, 8080, 4000);
        MizarOptions options = new(Rts: null, Scaled: null, PodLabel: 0, NamespaceLabel: 0);
        Frame frame = Frame.FromBytes(PacketBuilder.Encapsulate(new MizarTunnel(NicMac, BouncerMac, Bouncer, Nic, Vpc, options), packet).ToBytes());
        Assert.Equal(Reason.Delivered, (at ?? model).Run(Host, ProgramId.Transit, default, ref frame).Reason);
        return Ipv4Address.Read(frame.HeadView[26..]);
    }

    private static byte[] Packet(IpProtocol protocol, TcpFlags flags, Ipv4Address source, Ipv4Address destination, ushort sourcePort, ushort destinationPort)
    {
        PacketBuilder packet = new PacketBuilder().Ethernet(ServiceMac, ClientMac).Ipv4(source, destination);
        packet = protocol == IpProtocol.Tcp ? packet.Tcp(sourcePort, destinationPort, 1, 1, flags) : packet.Udp(sourcePort, destinationPort);
        return packet.Text("payload").ToBytes();
    }
}
