using MizarLab.Engine;
using MizarLab.Packets;
using MizarLab.Workload.Traffic;

namespace MizarLab.Tests.Workload.Traffic;

public sealed class CaptureTrafficTests
{
    private static readonly MacAddress MacA = new(0x0200_0000_0001);
    private static readonly MacAddress MacB = new(0x0200_0000_0002);
    private static readonly PcapngInterface Ethernet = new(0, "eth0", 1, 0);

    [Fact]
    public void A_capture_is_sent_again_at_its_own_pace()
    {
        byte[] cut = Udp("10.0.0.1", "10.0.0.2", 5, 1_000)[..60];
        CaptureTraffic traffic = new(CaptureRecording.Of(
            [
                new(Ethernet, 5_000, Udp("10.0.0.1", "10.0.0.2", 7, 100), 142, null),
                new(Ethernet, 2_000, Udp("10.0.0.1", "10.0.0.2", 5, 50), 92, null),
                new(Ethernet, 6_000, cut, 1_042, null),
                new(Ethernet, 7_000, Udp("10.0.0.2", "10.0.0.1", 5, 10), 52, null),
                new(Ethernet, 8_000, Udp("10.0.0.1", "10.9.9.9", 5, 10), 52, null),
                new(Ethernet, 9_000, new PacketBuilder().Ethernet(MacA, MacB).ArpRequest(MacB, Ipv4Address.Parse("10.0.0.2"), Ipv4Address.Parse("10.0.0.1")).ToBytes(), 42, null),
                new(Ethernet, 9_500, [1, 2, 3], 3, null),
            ]),
            address => address.Value is 0x0A000001 or 0x0A000002 ? (int)(address.Value & 3) - 1 : null);
        Assert.Equal((4, 2, 1), (traffic.Count, traffic.NotIpv4, traffic.NotOurs));
        Assert.Equal(
            [new(SimTime.Zero, 0, 1, 58, 0), new(SimTime.FromNanoseconds(3_000), 0, 1, 108, 1), new TrafficPacket(SimTime.FromNanoseconds(4_000), 0, 1, 1_008, 0)],
            All(traffic, 0));
        Assert.Equal([new TrafficPacket(SimTime.FromNanoseconds(5_000), 1, 0, 18, 0)], All(traffic, 1));
        Assert.Empty(All(traffic, 2));
    }

    private static byte[] Udp(string from, string to, ushort port, int bytes) =>
        new PacketBuilder().Ethernet(MacA, MacB).Ipv4(Ipv4Address.Parse(from), Ipv4Address.Parse(to)).Udp(port, 9).Bytes(new byte[bytes]).ToBytes();

    private static List<TrafficPacket> All(CaptureTraffic traffic, int source)
    {
        List<TrafficPacket> packets = [];
        ITrafficStream stream = traffic.StreamOf(source, seed: 1);
        while (stream.TryNext(out TrafficPacket packet))
        {
            packets.Add(packet);
        }
        return packets;
    }
}
