using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// The checksums NAT may meet and make, on model and programs: a UDP checksum of 0, and one that becomes 0. Upstream takes the first for a sum and leaves the
/// second (spec §2.6, §8.1 P10).
/// </summary>
public sealed class NatChecksumTests
{
    private static readonly DropletId Host = new(0);
    private static readonly Vni Vpc = new(3);
    private static readonly Ipv4Address Client = Ipv4Address.Parse("10.0.0.2"), Service = Ipv4Address.Parse("10.0.0.100"), Backend = Ipv4Address.Parse("10.0.0.3");
    private static readonly MacAddress Mac = MacAddress.Parse("6a:00:00:00:00:64");

    [RootFact]
    public void UpstreamTakesAZeroForASumAndLeavesOne()
    {
        foreach (IpProtocol protocol in (IpProtocol[])[IpProtocol.Udp, IpProtocol.Tcp])
        {
            Check(Switches.None, protocol, before: 0, after: Changed(0));
            Check(Switches.None, protocol, Before(0), after: 0);
        }
    }

    [RootFact]
    public void OursKnowsThatZeroIsNoneAndWritesItAsOnes()
    {
        Check(Switches.Checksums, IpProtocol.Udp, before: 0, after: 0);
        Check(Switches.Checksums, IpProtocol.Udp, Before(0), after: 0xFFFF);
        Check(Switches.Checksums, IpProtocol.Tcp, before: 0, after: Changed(0));
        Check(Switches.Checksums, IpProtocol.Tcp, Before(0), after: 0);
    }

    /// <summary>A field that stays leaves 0xFFFF, which an update would make 0.</summary>
    [RootFact]
    public void AnEntryThatChangesNothingChangesNoChecksum() =>
        Check(Switches.None, IpProtocol.Udp, before: 0xFFFF, after: 0xFFFF, Service, 9000);

    private static void Check(Switches on, IpProtocol protocol, ushort before, ushort after) => Check(on, protocol, before, after, Backend, 8080);

    private static void Check(Switches on, IpProtocol protocol, ushort before, ushort after, Ipv4Address backend, ushort port)
    {
        DataPlaneSettings settings = DataPlaneSettings.Lab with { On = on };
        using BpfDataPlane bpf = new(1, "000000c5", new BpfOptions { Settings = settings });
        foreach (IDataPlane plane in (IDataPlane[])[new ModelDataPlane(1, settings), bpf])
        {
            Assert.Equal(after, Translated(plane, protocol, before, backend, port));
        }
    }

    private static ushort Translated(IDataPlane plane, IpProtocol protocol, ushort checksum, Ipv4Address backend, ushort port)
    {
        Ipv4Address nic = Ipv4Address.Parse("172.17.0.11");
        plane.Put(Host, Tables.Slots, 0, PortId.Nic);
        plane.Put(Host, Tables.AgentSlots, 0, PortId.Nic);
        plane.Put(Host, Tables.Agents, new AgentId(1), new AgentConfig(nic, Mac, new EndpointKey(Vpc, Client), new AddressList(new Ipv4Address(nic.Value + 1))));
        plane.Put(Host, Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(1), new EndpointKey(Vni.Substrate, new Ipv4Address(nic.Value + 1))), Mac);
        plane.Put(
            Host, Tables.ForwardNat, new NatKey(default, new FlowKey(Client, Service, 4000, 9000, protocol)), new NatValue(Client, backend, 4000, port, Mac, Mac));
        PacketBuilder builder = new PacketBuilder().Ethernet(Mac, Mac).Ipv4(Client, Service);
        byte[] packet = (protocol == IpProtocol.Udp ? builder.Udp(4000, 9000) : builder.Tcp(4000, 9000, 1, 1, TcpFlags.Ack)).Text("hello").ToBytes();
        int at = 34 + (protocol == IpProtocol.Udp ? 6 : 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), checksum);
        Frame frame = Frame.FromBytes(packet);
        Assert.Equal(Reason.ToBouncer, plane.Run(Host, ProgramId.Agent, new AgentId(1), ref frame).Reason);
        return BinaryPrimitives.ReadUInt16BigEndian(frame.HeadView[(114 + at)..]);
    }

    /// <summary>What upstream's update makes of a checksum here: one field at a time.</summary>
    private static ushort Changed(ushort checksum) =>
        InternetChecksum.UpdateAsUpstream(InternetChecksum.UpdateAsUpstream(checksum, 9000, 8080), Service, Backend);

    /// <summary>A checksum that becomes this one.</summary>
    private static ushort Before(ushort after) =>
        Enumerable.Range(1, 65_535).Select(checksum => (ushort)checksum).First(checksum => Changed(checksum) == after);
}
